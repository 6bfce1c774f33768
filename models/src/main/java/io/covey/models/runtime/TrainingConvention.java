package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a trainable model is called: which tensors of which signatures are what. See the package for
 * the two conventions.
 *
 * @param train the signature that takes a step
 * @param x its examples
 * @param y its labels
 * @param learningRate its learning rate, or null when one is built in
 * @param terms its further scalar inputs, among {@link #TERMS}
 * @param evaluate the signature that measures, or null
 * @param parameters the tensors of {@code parameters} and {@code restore}, in the order of the
 *     layout
 * @param layout where they lie in the flat vector
 */
record TrainingConvention(
    Signature train,
    TensorSpec x,
    TensorSpec y,
    @Nullable TensorSpec learningRate,
    List<TensorSpec> terms,
    @Nullable Signature evaluate,
    List<TensorSpec> parameters,
    ParameterLayout layout) {

  static final String TRAIN = "train";
  static final String INFER = "infer";
  static final String EVALUATE = "evaluate";
  static final String PARAMETERS = "parameters";
  static final String RESTORE = "restore";
  static final String LOSS = "loss";
  static final String LOSS_SUM = "loss_sum";
  static final String CORRECT = "correct";
  static final String COUNT = "count";
  static final String LEARNING_RATE = "learning_rate";
  static final String WEIGHT_DECAY = "weight_decay";
  static final String CLIP_NORM = "clip_norm";
  static final String PROXIMAL = "proximal";

  /** What a step may have besides the loss's gradient; each is one float. */
  private static final Set<String> TERMS = Set.of(WEIGHT_DECAY, CLIP_NORM, PROXIMAL);

  /** Flower's own examples and TensorFlow's transfer learning models name the examples by these. */
  private static final Set<String> EXAMPLE_NAMES = Set.of("x", "bottleneck", "feature", "features");

  private static final Set<String> LABEL_NAMES = Set.of("y", "label", "labels");

  /** A prefix and a number: w00, a0. At most six digits, so that the number fits in an int. */
  private static final Pattern PARAMETER_NAME = Pattern.compile("[A-Za-z_]*([0-9]{1,6})");

  TrainingConvention {
    terms = List.copyOf(terms);
    parameters = List.copyOf(parameters);
  }

  /** Whether a step has this term. */
  boolean takes(String term) {
    return find(terms, Set.of(term)) != null;
  }

  /**
   * The convention that a model's signatures follow; empty when it has no {@code train}.
   *
   * @throws ModelException when it has, but the rest does not fit
   */
  static Optional<TrainingConvention> of(Map<String, Signature> signatures) {
    Signature train = signatures.get(TRAIN);
    if (train == null) {
      return Optional.empty();
    }
    TensorSpec x = input(train, EXAMPLE_NAMES, "examples");
    TensorSpec y = input(train, LABEL_NAMES, "labels");
    @Nullable TensorSpec rate = find(train.inputs(), Set.of(LEARNING_RATE));
    List<TensorSpec> terms =
        train.inputs().stream().filter(input -> TERMS.contains(input.name())).toList();
    if (train.inputs().size() != (rate == null ? 2 : 3) + terms.size()) {
      throw refusal(train + " takes more than examples, labels, a learning rate and " + TERMS);
    }
    requireFloat(x, train);
    requireScalarFloat(find(train.outputs(), Set.of(LOSS)), train + " should give 'loss'");
    if (rate != null) {
      requireScalarFloat(rate, train.toString());
    }
    terms.forEach(term -> requireScalarFloat(term, train.toString()));
    requireLabelType(y, train);
    List<TensorSpec> parameters = parameters(signatures);
    return Optional.of(
        new TrainingConvention(
            train,
            x,
            y,
            rate,
            terms,
            evaluation(signatures, x, y),
            parameters,
            ParameterLayout.of(parameters)));
  }

  private static void requireLabelType(TensorSpec y, Signature train) {
    if (y.type() != ElementType.FLOAT32
        && y.type() != ElementType.INT32
        && y.type() != ElementType.INT64) {
      throw refusal(y + " of " + train + " should be FLOAT32, INT32 or INT64");
    }
  }

  private static @Nullable Signature evaluation(
      Map<String, Signature> signatures, TensorSpec x, TensorSpec y) {
    Signature evaluate = signatures.get(EVALUATE);
    if (evaluate == null || find(evaluate.outputs(), Set.of(LOSS_SUM)) == null) {
      return null;
    }
    boolean sameInputs = Set.copyOf(evaluate.inputs()).equals(Set.of(x, y));
    for (String output : List.of(LOSS_SUM, CORRECT, COUNT)) {
      @Nullable TensorSpec spec = find(evaluate.outputs(), Set.of(output));
      if (!sameInputs
          || spec == null
          || !(spec.shape().isEmpty() || spec.shape().equals(List.of(1)))) {
        throw refusal(
            evaluate
                + " should take what 'train' takes, and give "
                + LOSS_SUM
                + ", "
                + CORRECT
                + " and "
                + COUNT);
      }
    }
    return evaluate;
  }

  private static List<TensorSpec> parameters(Map<String, Signature> signatures) {
    Signature read = signatures.get(PARAMETERS);
    Signature restore = signatures.get(RESTORE);
    if (read == null || restore == null) {
      throw refusal("it has 'train' but not both 'parameters' and 'restore'");
    }
    if (!read.inputs().isEmpty() || read.outputs().isEmpty()) {
      throw refusal(read + " should take nothing and give the parameters");
    }
    if (!new HashSet<>(read.outputs()).equals(new HashSet<>(restore.inputs()))) {
      throw refusal(restore + " should take exactly what " + read + " gives");
    }
    for (TensorSpec parameter : read.outputs()) {
      requireFloat(parameter, read);
      if (!parameter.isFixed() || parameter.shape().contains(0)) {
        throw refusal(parameter + " of " + read + " should have a fixed shape with elements");
      }
    }
    return read.outputs().stream()
        .sorted(Comparator.comparingInt(TrainingConvention::number))
        .toList();
  }

  /**
   * Names sort by their numbers: in alphabetical order, as the native runtime has them, a10 would
   * come before a2.
   */
  private static int number(TensorSpec parameter) {
    Matcher matcher = PARAMETER_NAME.matcher(parameter.name());
    if (!matcher.matches()) {
      throw refusal(
          "parameter '"
              + parameter.name()
              + "' should be named by a prefix and a number, such as w00");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static TensorSpec input(Signature train, Set<String> names, String what) {
    @Nullable TensorSpec input = find(train.inputs(), names);
    if (input == null || input.shape().isEmpty()) {
      throw refusal(train + " should take a batch of " + what + " by one of the names " + names);
    }
    return input;
  }

  private static void requireFloat(TensorSpec tensor, Signature signature) {
    if (tensor.type() != ElementType.FLOAT32) {
      throw refusal(tensor + " of " + signature + " should be FLOAT32");
    }
  }

  private static void requireScalarFloat(@Nullable TensorSpec tensor, String where) {
    if (tensor == null
        || tensor.type() != ElementType.FLOAT32
        || !(tensor.shape().isEmpty() || tensor.shape().equals(List.of(1)))) {
      throw refusal(where + " as one FLOAT32");
    }
  }

  static @Nullable TensorSpec find(List<TensorSpec> tensors, Set<String> names) {
    for (TensorSpec tensor : tensors) {
      if (names.contains(tensor.name())) {
        return tensor;
      }
    }
    return null;
  }

  private static ModelException refusal(String what) {
    return new ModelException(
        Reason.UNSUPPORTED_CONVENTION,
        "the model cannot be trained: "
            + what
            + "; export it with train(x, y, learning_rate) -> loss, infer(x) -> logits, evaluate(x,"
            + " y) -> loss_sum, correct, count, parameters() -> w00.. and restore(w00..) -> ok");
  }
}
