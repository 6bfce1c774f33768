package io.covey.models.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The operators that this runtime runs, with how many tensors each takes and gives. Several native
 * kernels read their inputs before they count them, so that the counts are checked here.
 *
 * <p>Left out on purpose, besides loops (WHILE), whose end nothing bounds, and besides what the
 * native runtime does not have: custom operators, those on text and hash tables, and those that
 * came after the schema this runtime reads.
 */
final class OperatorRules {

  private static final int MANY = Integer.MAX_VALUE;

  /** 2: exactly two; 2-3: two or three; 2+: two or more. */
  private static final Pattern RANGE = Pattern.compile("(?<fewest>[0-9]+)(-(?<most>[0-9]+)|\\+)?");

  private static final Pattern WORD = Pattern.compile("\\w+");

  /** Inputs and outputs, then the operators that have so many. */
  private static final String ARITIES =
      """
      0 0 CALL_ONCE
      0 1 VAR_HANDLE
      1 1 ABS AVERAGE_POOL_2D BITCAST BUCKETIZE CAST CEIL COMPLEX_ABS COS DENSIFY DEPTH_TO_SPACE DEQUANTIZE
      1 1 ELU EXP FAKE_QUANT FLOOR GELU HARD_SWISH IMAG L2_NORMALIZATION L2_POOL_2D LEAKY_RELU
      1 1 LOCAL_RESPONSE_NORMALIZATION LOG LOGICAL_NOT LOGISTIC LOG_SOFTMAX MATRIX_DIAG MAX_POOL_2D NEG QUANTIZE
      1 1 RANDOM_STANDARD_NORMAL RANDOM_UNIFORM RANK READ_VARIABLE REAL RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 ROUND
      1 1 RSQRT SHAPE SIGN SIN SOFTMAX SPACE_TO_DEPTH SQRT SQUARE SQUEEZE TANH WHERE ZEROS_LIKE
      1 2 UNIQUE
      1 1+ UNPACK
      1+ 1 ADD_N CONCATENATION PACK
      1+ 1+ IF
      1-2 1 RESHAPE
      2 0 ASSIGN_VARIABLE
      2 1 ADD ARG_MAX ARG_MIN ATAN2 BATCH_MATMUL BITWISE_XOR BROADCAST_ARGS BROADCAST_TO CUMSUM DIV EMBEDDING_LOOKUP
      2 1 EQUAL EXPAND_DIMS FILL FLOOR_DIV FLOOR_MOD GATHER GATHER_ND GREATER GREATER_EQUAL LESS LESS_EQUAL
      2 1 LOGICAL_AND LOGICAL_OR MATRIX_SET_DIAG MAXIMUM MEAN MINIMUM MIRROR_PAD MUL MULTINOMIAL NOT_EQUAL PAD POW
      2 1 PRELU REDUCE_ALL REDUCE_ANY REDUCE_MAX REDUCE_MIN REDUCE_PROD RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR
      2 1 REVERSE_SEQUENCE REVERSE_V2 RFFT2D RIGHT_SHIFT SEGMENT_SUM SQUARED_DIFFERENCE SUB SUM TILE TRANSPOSE
      2 2 TOPK_V2
      2 1+ SPLIT
      2-3 1 CONV_3D FULLY_CONNECTED
      3 1 BATCH_TO_SPACE_ND CONV_2D DEPTHWISE_CONV_2D DYNAMIC_UPDATE_SLICE PADV2 RANGE SCATTER_ND SELECT SELECT_V2 SLICE
      3 1 SPACE_TO_BATCH_ND
      3 1 UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_SUM
      3 1+ SPLIT_V
      3-4 1 CONV_3D_TRANSPOSE TRANSPOSE_CONV
      4 1 ONE_HOT SPARSE_TO_DENSE STRIDED_SLICE
      5 1 RNN SVDF UNIDIRECTIONAL_SEQUENCE_RNN
      5 2 NON_MAX_SUPPRESSION_V4
      6 3 NON_MAX_SUPPRESSION_V5
      12 1-2 BIDIRECTIONAL_SEQUENCE_RNN
      5-24 1-4 LSTM
      20-24 1 UNIDIRECTIONAL_SEQUENCE_LSTM
      48 1-2 BIDIRECTIONAL_SEQUENCE_LSTM
      """;

  /** Operators that give what they take: the first input and output have one type. */
  private static final String TYPE_KEEPING =
      """
      ABS ADD AVERAGE_POOL_2D BATCH_TO_SPACE_ND BROADCAST_TO CEIL CONCATENATION CONV_2D COS CUMSUM DEPTHWISE_CONV_2D
      DEPTH_TO_SPACE DIV ELU EXP EXPAND_DIMS FLOOR FLOOR_DIV FLOOR_MOD GATHER GATHER_ND GELU HARD_SWISH
      L2_NORMALIZATION LEAKY_RELU LOCAL_RESPONSE_NORMALIZATION LOG LOGISTIC LOG_SOFTMAX MAXIMUM MAX_POOL_2D MEAN
      MINIMUM MIRROR_PAD MUL NEG PACK PAD PADV2 POW PRELU REDUCE_ALL REDUCE_ANY REDUCE_MAX REDUCE_MIN REDUCE_PROD
      RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_SEQUENCE REVERSE_V2
      ROUND RSQRT SIGN SIN SLICE SOFTMAX SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE
      SQUEEZE STRIDED_SLICE SUB SUM TANH TILE TOPK_V2 TRANSPOSE UNPACK ZEROS_LIKE
      """;

  private static final Map<Builtin, Arity> RUN = parse();

  private static final Set<Builtin> KEEPS_TYPE = codes(TYPE_KEEPING);

  /**
   * The inputs that may be left out (written as -1), for the operators that have such. Their
   * kernels ask whether the input is there; the other kernels would follow a null pointer. Of an
   * LSTM: input gate, peepholes, projection and layer normalization.
   */
  private static final Map<Builtin, Set<Integer>> OPTIONAL_INPUTS =
      Map.of(
          Builtin.FULLY_CONNECTED, Set.of(2),
          Builtin.CONV_3D, Set.of(2),
          Builtin.TRANSPOSE_CONV, Set.of(3),
          Builtin.CONV_3D_TRANSPOSE, Set.of(3),
          Builtin.SVDF, Set.of(3),
          Builtin.LSTM, Set.of(1, 5, 9, 10, 11, 12, 16, 17, 20, 21, 22, 23),
          Builtin.UNIDIRECTIONAL_SEQUENCE_LSTM,
              Set.of(1, 5, 9, 10, 11, 12, 16, 17, 20, 21, 22, 23));

  /** Arithmetic whose kernels take it on trust that bytes stand for real numbers. */
  private static final Set<Builtin> ARITHMETIC =
      Set.of(
          Builtin.ADD,
          Builtin.BATCH_MATMUL,
          Builtin.CONV_2D,
          Builtin.DEPTHWISE_CONV_2D,
          Builtin.FULLY_CONNECTED,
          Builtin.MUL,
          Builtin.SUB,
          Builtin.TRANSPOSE_CONV);

  private OperatorRules() {}

  /** How many inputs and outputs an operator has. */
  record Arity(int fewestInputs, int mostInputs, int fewestOutputs, int mostOutputs) {

    boolean allows(int inputs, int outputs) {
      return inputs >= fewestInputs
          && inputs <= mostInputs
          && outputs >= fewestOutputs
          && outputs <= mostOutputs;
    }
  }

  /**
   * How many inputs and outputs the builtin operator has, or null when this runtime does not run
   * it.
   */
  static @Nullable Arity arity(Builtin code) {
    return RUN.get(code);
  }

  /** Whether the operator's input at {@code position} may be left out. */
  static boolean mayBeLeftOut(Builtin code, int position) {
    return OPTIONAL_INPUTS.getOrDefault(code, Set.of()).contains(position);
  }

  /** Whether the operator's first input and output have one type. */
  static boolean keepsType(Builtin code) {
    return KEEPS_TYPE.contains(code);
  }

  /** Whether the operator reckons with bytes as real numbers, so that they need a quantization. */
  static boolean needsQuantization(Builtin code) {
    return ARITHMETIC.contains(code);
  }

  private static Map<Builtin, Arity> parse() {
    Map<Builtin, Arity> arities = new HashMap<>();
    ARITIES
        .lines()
        .map(line -> line.split(" "))
        .forEach(
            words -> {
              Arity arity =
                  new Arity(fewest(words[0]), most(words[0]), fewest(words[1]), most(words[1]));
              for (String name : Arrays.asList(words).subList(2, words.length)) {
                arities.put(Builtin.valueOf(name), arity);
              }
            });
    return Map.copyOf(arities);
  }

  private static Set<Builtin> codes(String names) {
    return WORD.matcher(names)
        .results()
        .map(word -> Builtin.valueOf(word.group()))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static int fewest(String range) {
    return Integer.parseInt(parts(range).group("fewest"));
  }

  private static int most(String range) {
    Matcher parts = parts(range);
    String most = parts.group("most");
    return range.endsWith("+")
        ? MANY
        : Integer.parseInt(most != null ? most : parts.group("fewest"));
  }

  private static Matcher parts(String range) {
    Matcher parts = RANGE.matcher(range);
    if (!parts.matches()) {
      throw new IllegalStateException(range + " is no range of counts");
    }
    return parts;
  }
}
