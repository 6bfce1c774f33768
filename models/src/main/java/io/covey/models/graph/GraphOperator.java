package io.covey.models.graph;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One operator of a subgraph.
 *
 * @param code which one
 * @param customName its name when it is a custom operator, otherwise null
 * @param version its version, 1 or more
 * @param inputs what it reads, {@link #LEFT_OUT} for an optional input left out
 * @param outputs what it writes
 * @param options its settings
 * @param intermediates tensors that only describe the quantization of values inside; as a rule none
 * @param mutatedInputs for each input whether it is a variable that the operator changes; as a rule
 *     empty
 */
public record GraphOperator(
    Builtin code,
    @Nullable String customName,
    int version,
    List<Integer> inputs,
    List<Integer> outputs,
    OperatorOptions options,
    List<Integer> intermediates,
    List<Boolean> mutatedInputs) {

  /** Stands for an optional input that is not given. */
  public static final int LEFT_OUT = -1;

  /** Checks and copies. */
  public GraphOperator {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(options, "options");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    intermediates = List.copyOf(intermediates);
    mutatedInputs = List.copyOf(mutatedInputs);
    if (version < 1) {
      throw new IllegalArgumentException(code + " cannot have version " + version);
    }
  }

  /** A builtin operator. */
  public static GraphOperator of(
      Builtin code, List<Integer> inputs, List<Integer> outputs, OperatorOptions options) {
    return new GraphOperator(code, null, 1, inputs, outputs, options, List.of(), List.of());
  }

  /** This operator in another version, which its types need. */
  public GraphOperator atVersion(int newVersion) {
    return new GraphOperator(
        code, customName, newVersion, inputs, outputs, options, intermediates, mutatedInputs);
  }

  /** This operator between other tensors. */
  public GraphOperator between(List<Integer> newInputs, List<Integer> newOutputs) {
    return new GraphOperator(
        code, customName, version, newInputs, newOutputs, options, intermediates, mutatedInputs);
  }

  /** This operator with other settings. */
  public GraphOperator withOptions(OperatorOptions newOptions) {
    return new GraphOperator(
        code, customName, version, inputs, outputs, newOptions, intermediates, mutatedInputs);
  }

  /** Its name: that of the builtin, or a custom operator's own. */
  public String name() {
    return customName == null ? code.name() : customName;
  }

  /**
   * Its settings, of the kind that this operator has.
   *
   * @throws ModelException when the file gives it settings of another kind, or none
   */
  public <T extends OperatorOptions> T options(Class<T> kind) {
    if (!kind.isInstance(options)) {
      throw GraphReader.damaged(
          name() + " has the settings " + options + ", not " + kind.getSimpleName());
    }
    return kind.cast(options);
  }

  /** The subgraphs that it runs. */
  public List<Integer> called() {
    return options.called();
  }

  /** The name of the variable that a VAR_HANDLE stands for, otherwise null. */
  public @Nullable String variable() {
    return options instanceof OperatorOptions.VarHandle handle
        ? handle.container() + "/" + handle.sharedName()
        : null;
  }
}
