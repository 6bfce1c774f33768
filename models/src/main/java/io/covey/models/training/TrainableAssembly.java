package io.covey.models.training;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.Constant;
import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.EntryPoint;
import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import io.covey.models.training.ParameterSearch.Parameter;
import io.covey.models.training.emit.ConstantPool;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.gradient.Gradients;
import io.covey.models.training.loss.Loss;
import io.covey.models.training.loss.LossFunction;
import io.covey.models.training.optimizer.OptimizerStep;
import io.covey.models.training.optimizer.VariableEmitter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Puts a trainable file together: one subgraph for each signature, the initialiser last.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class TrainableAssembly {

  private static final String X = "x";

  private final Subgraph plain;
  private final TrainingRecipe recipe;
  private final List<Parameter> parameters;
  private final List<TrainableVariable> variables;
  private final LossFunction loss;
  private final OptimizerStep optimizer;
  private final ConstantPool pool = new ConstantPool();
  private final List<Subgraph> subgraphs = new ArrayList<>();
  private final List<EntryPoint> signatures = new ArrayList<>();

  /** How many subgraphs there are before the initialiser. */
  private final int initialiser;

  private final boolean withGradients;

  /**
   * Of {@code plain}, whose operators the parameters' uses are positions of.
   *
   * @param withGradients whether to add a signature {@code gradients(x, y) -> loss, g00, ...}
   */
  TrainableAssembly(
      Subgraph plain, TrainingRecipe recipe, List<Parameter> parameters, boolean withGradients) {
    this.plain = plain;
    this.recipe = recipe;
    this.parameters = parameters;
    this.variables = named(parameters);
    this.loss = LossFunction.of(recipe.loss(), recipe.labels());
    this.optimizer = new OptimizerStep(recipe.optimizer(), recipe.terms());
    this.withGradients = withGradients;
    this.initialiser = withGradients ? 6 : 5;
  }

  private static List<TrainableVariable> named(List<Parameter> parameters) {
    int digits = Math.max(2, Integer.toString(parameters.size() - 1).length());
    List<TrainableVariable> variables = new ArrayList<>();
    for (Parameter parameter : parameters) {
      String name = "w" + String.format(Locale.ROOT, "%0" + digits + "d", variables.size());
      variables.add(
          new TrainableVariable(name, parameter.tensorName(), parameter.shape(), parameter.uses()));
    }
    return variables;
  }

  /** Builds it. */
  TrainableModel build() {
    infer();
    train();
    evaluate();
    parameters();
    restore();
    if (withGradients) {
      gradients();
    }
    initialise();
    ModelGraph graph =
        new ModelGraph(
            subgraphs, signatures, "Covey trainable", List.of(VariableList.write(variables)));
    return new TrainableModel(graph, variables);
  }

  /** A signature in the making, which runs the initialiser first. */
  private final class Part {
    private final String key;
    private final SubgraphBuilder graph;
    private final Emitter emit;
    private final VariableEmitter access;
    private final List<NamedTensor> outputs = new ArrayList<>();

    Part(String key) {
      this.key = key;
      this.graph = new SubgraphBuilder(key);
      this.emit = new Emitter(graph, pool);
      this.access = new VariableEmitter(emit);
      graph.add(
          GraphOperator.of(
              Builtin.CALL_ONCE, List.of(), List.of(), new OperatorOptions.CallOnce(initialiser)));
    }

    /** The examples as the plain graph takes them; whole numbers arrive as FLOAT32. */
    int examples(boolean asFloats) {
      GraphTensor input = plain.tensor(plain.inputs().get(0)).named(X);
      boolean isWhole = input.type() == TensorType.INT32 || input.type() == TensorType.INT64;
      if (!asFloats || input.type() == TensorType.FLOAT32) {
        return graph.addInput(input);
      }
      if (!isWhole) {
        throw new ModelException(
            Reason.UNSUPPORTED_CONVENTION,
            "the model takes "
                + input.type()
                + " examples; training needs FLOAT32, INT32 or INT64:"
                + " give the model from before its inputs were quantized");
      }
      int floats = graph.addInput(GraphTensor.computed(X, TensorType.FLOAT32, input.shape()));
      return emit.cast(floats, input.type());
    }

    ForwardPass forward(boolean asFloats) {
      int x = examples(asFloats);
      return ForwardPass.write(emit, access, plain, variables, x);
    }

    int labels(int scores) {
      return graph.addInput(loss.labels(emit.shape(scores)));
    }

    void give(String name, int tensor) {
      graph.addOutput(tensor);
      outputs.add(new NamedTensor(name, graph.outputs().size() - 1));
    }

    /** Outputs are kept by rank, since removing dead operators moves tensors. */
    void finish() {
      Subgraph whole = DeadOperators.removedFrom(graph.build());
      List<NamedTensor> inputs =
          whole.inputs().stream()
              .map(tensor -> new NamedTensor(whole.tensor(tensor).name(), tensor))
              .toList();
      List<NamedTensor> named =
          outputs.stream()
              .map(output -> new NamedTensor(output.name(), whole.outputs().get(output.tensor())))
              .toList();
      signatures.add(new EntryPoint(key, subgraphs.size(), inputs, named));
      subgraphs.add(whole);
    }
  }

  private void infer() {
    Part part = new Part("infer");
    part.give("output", part.forward(/* asFloats= */ false).output());
    part.finish();
  }

  private void train() {
    Part part = new Part("train");
    Backward backward = backward(part);
    optimizer.write(part.emit, part.access, backward.updates());
    part.give("loss", backward.loss());
    part.finish();
  }

  private void gradients() {
    Part part = new Part("gradients");
    Backward backward = backward(part);
    part.give("loss", backward.loss());
    for (OptimizerStep.Update update : backward.updates()) {
      part.give(update.name().replaceFirst("w", "g"), update.gradient());
    }
    part.finish();
  }

  /** The loss and, for each variable that it depends on, its gradient. */
  private record Backward(int loss, List<OptimizerStep.Update> updates) {}

  private Backward backward(Part part) {
    ForwardPass forward = part.forward(/* asFloats= */ true);
    int scores = forward.scores(undone());
    LossFunction.Step step = loss.step(part.emit, scores, part.labels(scores));
    Map<Integer, Integer> gradients =
        Gradients.of(
            part.emit,
            forward.steps(),
            new HashSet<>(forward.variables().values()),
            Map.entry(scores, step.gradient()));
    List<OptimizerStep.Update> updates = new ArrayList<>();
    for (Map.Entry<TrainableVariable, Integer> variable : forward.variables().entrySet()) {
      Integer gradient = gradients.get(variable.getValue());
      if (gradient == null) {
        throw new ModelException(
            Reason.UNSUPPORTED_CONVENTION,
            "parameter '"
                + variable.getKey().tensorName()
                + "' has no influence on the loss; choose those that train by their names");
      }
      updates.add(
          new OptimizerStep.Update(variable.getKey().name(), variable.getValue(), gradient));
    }
    return new Backward(step.loss(), updates);
  }

  /** The operator at the graph's end that the loss undoes. */
  private Builtin undone() {
    return recipe.loss() == Loss.SIGMOID_CROSS_ENTROPY ? Builtin.LOGISTIC : Builtin.SOFTMAX;
  }

  private void evaluate() {
    Part part = new Part("evaluate");
    ForwardPass forward = part.forward(/* asFloats= */ true);
    int scores = forward.scores(undone());
    LossFunction.Measures measures = loss.measure(part.emit, scores, part.labels(scores));
    part.give("loss_sum", measures.lossSum());
    part.give("correct", measures.correct());
    part.give("count", measures.count());
    if (measures.confusion() != null) {
      part.give("confusion", measures.confusion());
    }
    part.finish();
  }

  private void parameters() {
    Part part = new Part("parameters");
    for (TrainableVariable variable : variables) {
      part.give(variable.name(), part.access.read(variable.name(), variable.shape()));
    }
    part.finish();
  }

  private void restore() {
    Part part = new Part("restore");
    for (TrainableVariable variable : variables) {
      int value =
          part.graph.addInput(
              GraphTensor.computed(variable.name(), TensorType.FLOAT32, variable.shape()));
      assign(part.emit, part.access, variable, value);
    }
    optimizer.resetShared(part.access);
    part.give("ok", part.emit.intScalar(1));
    part.finish();
  }

  private void assign(Emitter emit, VariableEmitter access, TrainableVariable variable, int value) {
    access.assign(variable.name(), value);
    optimizer.reset(emit, access, variable.name(), value);
  }

  private void initialise() {
    SubgraphBuilder graph = new SubgraphBuilder("initialise");
    Emitter emit = new Emitter(graph, pool);
    VariableEmitter access = new VariableEmitter(emit);
    for (int i = 0; i < variables.size(); i++) {
      TrainableVariable variable = variables.get(i);
      Constant value = parameters.get(i).value();
      int first =
          emit.constant(
              TrainableModel.initial(variable.name()), TensorType.FLOAT32, variable.shape(), value);
      assign(emit, access, variable, first);
    }
    optimizer.resetShared(access);
    subgraphs.add(graph.build());
  }
}
