package io.covey.models.training.optimizer;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the end of a training step: gradients are clipped, weight decay and the proximal term are
 * added, and the optimizer assigns the variables.
 *
 * <p>In this order: gradients {@code g} of all variables together are scaled down to the norm
 * {@code clip_norm} where they are longer; then {@code g += weight_decay * w} (but decoupled for
 * Adam) and {@code g += proximal * (w - anchor)} (Li et al., "Federated Optimization in
 * Heterogeneous Networks", equation 2); then the step.
 */
public final class OptimizerStep {

  /** The scalar inputs of {@code train}, by which a call says how to step. */
  public static final String LEARNING_RATE = "learning_rate";

  /** See {@link #LEARNING_RATE}. */
  public static final String WEIGHT_DECAY = "weight_decay";

  /** See {@link #LEARNING_RATE}. */
  public static final String CLIP_NORM = "clip_norm";

  /** See {@link #LEARNING_RATE}. */
  public static final String PROXIMAL = "proximal";

  private static final String FIRST_POWER = "adam/beta1_power";
  private static final String SECOND_POWER = "adam/beta2_power";

  private final LocalOptimizer optimizer;
  private final Terms terms;

  /** Which further terms a step has, each with an input for its size. */
  public record Terms(boolean weightDecay, boolean gradientClipping, boolean proximal) {

    /** None. */
    public static final Terms NONE = new Terms(false, false, false);
  }

  /**
   * A variable in a step.
   *
   * @param name its name
   * @param value its value before the step
   * @param gradient the gradient of the loss, of the same shape
   */
  public record Update(String name, int value, int gradient) {}

  /** The sizes of a step's terms, as scalars of the graph. */
  private record Sizes(
      int learningRate,
      @Nullable Integer weightDecay,
      @Nullable Integer clipNorm,
      @Nullable Integer proximal) {}

  /** Of {@code optimizer} with {@code terms}. */
  public OptimizerStep(LocalOptimizer optimizer, Terms terms) {
    this.optimizer = optimizer;
    this.terms = terms;
  }

  /** Writes the step; the scalars become inputs of the graph. */
  public void write(Emitter emit, VariableEmitter variables, List<Update> updates) {
    Sizes sizes =
        new Sizes(
            input(emit, LEARNING_RATE),
            terms.weightDecay() ? (Integer) input(emit, WEIGHT_DECAY) : null,
            terms.gradientClipping() ? (Integer) input(emit, CLIP_NORM) : null,
            terms.proximal() ? (Integer) input(emit, PROXIMAL) : null);
    List<Update> clipped = clipped(emit, updates, sizes.clipNorm());
    int rate = sizes.learningRate();
    if (optimizer instanceof LocalOptimizer.Adam adam) {
      rate = correctedRate(emit, variables, adam, rate);
    }
    for (Update update : clipped) {
      int gradient = withTerms(emit, variables, update, sizes);
      int step = step(emit, variables, new Update(update.name(), update.value(), gradient), rate);
      if (optimizer instanceof LocalOptimizer.Adam && sizes.weightDecay() != null) {
        int decay = emit.multiply(sizes.learningRate(), sizes.weightDecay());
        step = emit.add(step, emit.multiply(update.value(), decay));
      }
      variables.assign(update.name(), emit.subtract(update.value(), step));
    }
  }

  private static int input(Emitter emit, String name) {
    return emit.graph().addInput(GraphTensor.computed(name, TensorType.FLOAT32, List.of()));
  }

  private static List<Update> clipped(
      Emitter emit, List<Update> updates, @Nullable Integer clipNorm) {
    if (clipNorm == null) {
      return updates;
    }
    int squares = emit.scalar(0f);
    for (Update update : updates) {
      squares = emit.add(squares, emit.sumAll(emit.multiply(update.gradient(), update.gradient())));
    }
    int norm = emit.unary(Builtin.SQRT, squares);
    int factor = emit.divide(clipNorm, emit.binary(Builtin.MAXIMUM, norm, clipNorm));
    List<Update> clipped = new ArrayList<>();
    for (Update update : updates) {
      int gradient = emit.multiply(update.gradient(), factor);
      clipped.add(new Update(update.name(), update.value(), gradient));
    }
    return clipped;
  }

  private int withTerms(Emitter emit, VariableEmitter variables, Update update, Sizes sizes) {
    int gradient = update.gradient();
    if (sizes.weightDecay() != null && !(optimizer instanceof LocalOptimizer.Adam)) {
      gradient = emit.add(gradient, emit.multiply(update.value(), sizes.weightDecay()));
    }
    if (sizes.proximal() != null) {
      int anchor = variables.read(anchor(update.name()), emit.shape(update.value()));
      int drift = emit.subtract(update.value(), anchor);
      gradient = emit.add(gradient, emit.multiply(drift, sizes.proximal()));
    }
    return gradient;
  }

  /** What is taken off the variable. */
  private int step(Emitter emit, VariableEmitter variables, Update update, int rate) {
    if (optimizer instanceof LocalOptimizer.Momentum momentum) {
      return emit.multiply(momentum(emit, variables, update, momentum), rate);
    }
    if (optimizer instanceof LocalOptimizer.Adam adam) {
      return emit.multiply(direction(emit, variables, update, adam), rate);
    }
    return emit.multiply(update.gradient(), rate);
  }

  private static int momentum(
      Emitter emit, VariableEmitter variables, Update update, LocalOptimizer.Momentum settings) {
    String name = first(update.name());
    int before = variables.read(name, emit.shape(update.value()));
    int after = emit.add(emit.scale(before, settings.momentum()), update.gradient());
    variables.assign(name, after);
    return settings.isNesterov()
        ? emit.add(emit.scale(after, settings.momentum()), update.gradient())
        : after;
  }

  private static int direction(
      Emitter emit, VariableEmitter variables, Update update, LocalOptimizer.Adam settings) {
    int gradient = update.gradient();
    int mean = average(emit, variables, first(update.name()), gradient, settings.beta1());
    int squares =
        average(
            emit,
            variables,
            second(update.name()),
            emit.multiply(gradient, gradient),
            settings.beta2());
    int root = emit.unary(Builtin.SQRT, squares);
    return emit.divide(mean, emit.add(root, emit.scalar(settings.epsilon())));
  }

  /** {@code a = beta * a + (1 - beta) * value}. */
  private static int average(
      Emitter emit, VariableEmitter variables, String name, int value, float beta) {
    int before = variables.read(name, emit.shape(value));
    int after = emit.add(emit.scale(before, beta), emit.scale(value, 1 - beta));
    variables.assign(name, after);
    return after;
  }

  /** {@code rate * sqrt(1 - beta2^t) / (1 - beta1^t)}, the powers being kept as variables. */
  private static int correctedRate(
      Emitter emit, VariableEmitter variables, LocalOptimizer.Adam settings, int rate) {
    int first = power(emit, variables, FIRST_POWER, settings.beta1());
    int second = power(emit, variables, SECOND_POWER, settings.beta2());
    int one = emit.scalar(1f);
    int root = emit.unary(Builtin.SQRT, emit.subtract(one, second));
    return emit.divide(emit.multiply(rate, root), emit.subtract(one, first));
  }

  private static int power(Emitter emit, VariableEmitter variables, String name, float beta) {
    int power = emit.scale(variables.read(name, List.of()), beta);
    variables.assign(name, power);
    return power;
  }

  /**
   * Writes the state's beginning.
   *
   * @param name a variable's name
   * @param value its value, which the proximal term pulls towards
   */
  public void reset(Emitter emit, VariableEmitter variables, String name, int value) {
    if (terms.proximal()) {
      variables.assign(anchor(name), value);
    }
    List<Integer> shape = emit.shape(value);
    if (optimizer instanceof LocalOptimizer.Momentum) {
      variables.fill(first(name), shape, 0f);
    }
    if (optimizer instanceof LocalOptimizer.Adam) {
      variables.fill(first(name), shape, 0f);
      variables.fill(second(name), shape, 0f);
    }
  }

  /** Writes the beginning of what all variables share. */
  public void resetShared(VariableEmitter variables) {
    if (optimizer instanceof LocalOptimizer.Adam) {
      variables.fill(FIRST_POWER, List.of(), 1f);
      variables.fill(SECOND_POWER, List.of(), 1f);
    }
  }

  private static String anchor(String variable) {
    return variable + "/anchor";
  }

  private static String first(String variable) {
    return variable + "/first_moment";
  }

  private static String second(String variable) {
    return variable + "/second_moment";
  }
}
