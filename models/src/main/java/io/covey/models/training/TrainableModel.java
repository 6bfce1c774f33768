package io.covey.models.training;

import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.Metadata;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A trainable graph and what each of its variables is in the plain one. The latter is kept in the
 * file's metadata, so that a written file says it when it is read again.
 *
 * @param graph the graph, with the signatures infer, train, evaluate, parameters and restore
 * @param variables in the order of the parameters
 */
public record TrainableModel(ModelGraph graph, List<TrainableVariable> variables) {

  /** Where the variables' first values stand: the last subgraph. */
  private static final String INITIAL = "/initial";

  /** Copies. */
  public TrainableModel {
    variables = List.copyOf(variables);
  }

  /** The name of the tensor that holds a variable's first value. */
  static String initial(String variable) {
    return variable + INITIAL;
  }

  /** The model as a file. */
  public byte[] write() {
    return graph.write();
  }

  /**
   * Reads a file that {@link #write()} gave.
   *
   * @throws ModelException when it is damaged, or no trainable file of this kind
   */
  public static TrainableModel read(byte[] file, ModelLimits limits) {
    ModelGraph graph = ModelGraph.readChecked(file, limits);
    for (Metadata entry : graph.metadata()) {
      if (entry.name().equals(VariableList.METADATA)) {
        TrainableModel model = new TrainableModel(graph, VariableList.read(entry.value()));
        model.variables().forEach(model::initialValue);
        return model;
      }
    }
    throw new ModelException(
        Reason.UNSUPPORTED_CONVENTION,
        "the file does not say what its variables are (no metadata '"
            + VariableList.METADATA
            + "'); derive it from a plain model with 'covey model trainable'");
  }

  /** How many elements all variables have. */
  public int size() {
    return variables.stream().mapToInt(TrainableVariable::elements).reduce(0, Math::addExact);
  }

  /** The variables' first values, one after the other. */
  public float[] initialValues() {
    FloatBuffer values = FloatBuffer.allocate(size());
    variables.forEach(variable -> values.put(initialValue(variable).floats()));
    return values.array();
  }

  private Constant initialValue(TrainableVariable variable) {
    Subgraph last = graph.subgraphs().get(graph.subgraphs().size() - 1);
    for (GraphTensor tensor : last.tensors()) {
      Constant value = tensor.value();
      if (value != null
          && tensor.name().equals(initial(variable.name()))
          && value.sizeBytes() == variable.elements() * Float.BYTES) {
        return value;
      }
    }
    throw new ModelException(
        Reason.DAMAGED,
        "the .tflite file is damaged: variable '"
            + variable.name()
            + "' of "
            + variable.elements()
            + " elements has no first value of that size; derive it again");
  }

  /**
   * This model with other first values.
   *
   * @param values one variable after the other
   */
  public TrainableModel withValues(float[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          values.length + " values are not the " + size() + " of the model");
    }
    Map<String, Constant> replacements = new HashMap<>();
    int offset = 0;
    for (TrainableVariable variable : variables) {
      float[] own = Arrays.copyOfRange(values, offset, offset + variable.elements());
      replacements.put(initial(variable.name()), Constant.ofFloats(own));
      offset += own.length;
    }
    List<Subgraph> subgraphs = new ArrayList<>(graph.subgraphs());
    Subgraph last = subgraphs.remove(subgraphs.size() - 1);
    List<GraphTensor> tensors =
        last.tensors().stream()
            .map(t -> replacements.containsKey(t.name()) ? t.valued(replacements.get(t.name())) : t)
            .toList();
    subgraphs.add(
        new Subgraph(last.name(), tensors, last.inputs(), last.outputs(), last.operators()));
    ModelGraph changed =
        new ModelGraph(subgraphs, graph.signatures(), graph.description(), graph.metadata());
    return new TrainableModel(changed, variables);
  }
}
