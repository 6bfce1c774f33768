package io.covey.models.runtime;

import java.util.Map;
import java.util.Set;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * What is known of operators beyond the file: names, which are run, and which inputs may be left
 * out.
 */
final class OperatorRules {

  /**
   * The last operator that the schema knows; those above came later, most of them for StableHLO.
   */
  private static final int LAST_KNOWN = BuiltinOperator.names.length - 1;

  private static final Set<Integer> NOT_RUN =
      Set.of(
          BuiltinOperator.CUSTOM,
          BuiltinOperator.DELEGATE,
          BuiltinOperator.CALL,
          BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES);

  /**
   * The inputs that may be left out (written as -1), for the operators that have such. Their
   * kernels ask whether the input is there; the other kernels would follow a null pointer.
   */
  private static final Map<Integer, Set<Integer>> OPTIONAL_INPUTS =
      Map.ofEntries(
          Map.entry(BuiltinOperator.FULLY_CONNECTED, Set.of(2)),
          Map.entry(BuiltinOperator.CONV_2D, Set.of(2)),
          Map.entry(BuiltinOperator.DEPTHWISE_CONV_2D, Set.of(2)),
          Map.entry(BuiltinOperator.CONV_3D, Set.of(2)),
          Map.entry(BuiltinOperator.TRANSPOSE_CONV, Set.of(3)),
          Map.entry(BuiltinOperator.CONV_3D_TRANSPOSE, Set.of(3)),
          Map.entry(BuiltinOperator.SVDF, Set.of(3)),
          Map.entry(BuiltinOperator.LSTM, lstmOptional()),
          Map.entry(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, lstmOptional()));

  private OperatorRules() {}

  /** The operator's name in the schema. */
  static String name(int code) {
    return code >= 0 && code <= LAST_KNOWN ? BuiltinOperator.name(code) : "operator " + code;
  }

  /** Whether this runtime runs the builtin operator. */
  static boolean isRun(int code) {
    return code >= 0 && code <= LAST_KNOWN && !NOT_RUN.contains(code);
  }

  /** Whether the operator's input at {@code position} may be left out. */
  static boolean mayBeLeftOut(int code, int position) {
    return OPTIONAL_INPUTS.getOrDefault(code, Set.of()).contains(position);
  }

  /**
   * Input gate, peepholes, projection and layer normalization; the gates that every LSTM has are
   * not among them.
   */
  private static Set<Integer> lstmOptional() {
    return Set.of(1, 5, 9, 10, 11, 12, 16, 17, 20, 21, 22, 23);
  }
}
