package io.covey.models.graph;

import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.lite.schema.BuiltinOptions;

/**
 * Refuses a file with a field that this version of the schema does not know, by its name. The
 * generated classes would not see it, and a file written again would be without it: silently
 * another model.
 *
 * <p>A flatbuffer table begins with the distance back to its list of fields, in which the place of
 * each stands in the schema's order, 0 where it is left out (flatbuffers, "Internals"). So a field
 * beyond the known ones shows without knowing what it is.
 */
final class FieldCheck {

  private static final int HEADER_FIELDS_BYTES = 4;

  /** How many fields this schema's option tables have, where they have any. */
  private static final String OPTION_FIELDS =
      """
      1 LSHProjection Softmax L2Norm Call Reshape SpaceToDepth EmbeddingLookupSparse Mul
      1 Reducer Div Squeeze Split ArgMax SparseToDense Shape ArgMin OneHot LeakyRelu MirrorPad
      1 SplitV Unique DepthToSpace CallOnce Bucketize Gelu
      2 RNN Concatenation Add Gather Sub Cast Pack Unpack ResizeNearestNeighbor
      2 ReverseSequence If While Cumsum VarHandle Random
      3 ConcatEmbeddings SVDF SkipGram SequenceRNN BatchMatMul Hashtable
      4 FullyConnected LocalResponseNormalization ResizeBilinear TransposeConv FakeQuant
      4 BidirectionalSequenceRNN
      5 LSTM
      6 Conv2D Pool2D StridedSlice BidirectionalSequenceLSTM UnidirectionalSequenceLSTM
      7 DepthwiseConv2D
      8 Conv3D
      """;

  private static final Map<String, Integer> FIELDS_OF_OPTIONS = parse();

  /** What newer schemas call their additions, as far as is known; for messages only. */
  private static final Map<String, List<String>> NEWER_FIELDS =
      Map.of(
          "Buffer", List.of("offset", "size"),
          "SubGraph", List.of("debug_metadata_index"),
          "Operator",
              List.of(
                  "large_custom_options_offset",
                  "large_custom_options_size",
                  "builtin_options_2_type",
                  "builtin_options_2",
                  "debug_metadata_index"),
          "Model", List.of("external_buffer_groups", "external_buffers"),
          "Tensor", List.of("external_buffer"),
          "FullyConnectedOptions", List.of("quantized_bias_type"),
          "TransposeConvOptions", List.of("quantized_bias_type"),
          "Conv2DOptions", List.of("quantized_bias_type"));

  /**
   * The tables that are not options, with their fields in the schema's order: a table's name for a
   * table, in brackets for a list of tables, and {@code -} for anything else.
   */
  private static final Map<String, List<String>> TABLES =
      Map.of(
          "Model",
              List.of(
                  "-",
                  "[OperatorCode]",
                  "[SubGraph]",
                  "-",
                  "[Buffer]",
                  "-",
                  "[Metadata]",
                  "[SignatureDef]"),
          "OperatorCode", List.of("-", "-", "-", "-"),
          "SubGraph", List.of("[Tensor]", "-", "-", "[Operator]", "-"),
          "Tensor",
              List.of("-", "-", "-", "-", "QuantizationParameters", "-", "Sparsity", "-", "-", "-"),
          "QuantizationParameters", List.of("-", "-", "-", "-", "-", "-", "-"),
          "Sparsity", List.of("-", "-", "-"),
          "Operator", List.of("-", "-", "-", "-", "options", "-", "-", "-", "-"),
          "Buffer", List.of("-"),
          "Metadata", List.of("-", "-"),
          "SignatureDef", List.of("[TensorMap]", "[TensorMap]", "-", "-", "-"));

  /** TensorMap and the rest of the tables that have no tables in them. */
  private static final Map<String, Integer> LEAVES = Map.of("TensorMap", 2);

  private static final int OPTIONS_TYPE_FIELD = 3;

  private final ByteBuffer file;
  private final ReadingBudget budget;

  private FieldCheck(ByteBuffer file, ReadingBudget budget) {
    this.file = file;
    this.budget = budget;
  }

  /**
   * Checks {@code file}, a little-endian buffer that begins with the root's offset.
   *
   * @throws ModelException naming the first field that is not known
   * @throws IndexOutOfBoundsException when an offset leads out of the file
   */
  static void check(ByteBuffer file) {
    new FieldCheck(file, new ReadingBudget(file.capacity())).table("Model", file.getInt(0));
  }

  private void table(String name, int position) {
    List<String> fields = TABLES.getOrDefault(name, List.of());
    int known = LEAVES.getOrDefault(name, fields.size());
    requireKnown(name, position, known);
    for (int i = 0; i < fields.size(); i++) {
      int field = field(position, i);
      if (field != 0) {
        children(fields.get(i), position, field);
      }
    }
  }

  private void children(String kind, int table, int field) {
    if (kind.equals("options")) {
      options(table, target(field));
    } else if (kind.startsWith("[")) {
      int vector = target(field);
      int length = file.getInt(vector);
      budget.charge(length);
      String element = kind.substring(1, kind.length() - 1);
      for (int i = 0; i < length; i++) {
        table(element, target(vector + Integer.BYTES * (i + 1)));
      }
    } else if (!kind.equals("-")) {
      table(kind, target(field));
    }
  }

  private void options(int operator, int position) {
    int kindField = field(operator, OPTIONS_TYPE_FIELD);
    int kind = kindField == 0 ? 0 : file.get(kindField);
    if (kind > 0 && kind < BuiltinOptions.names.length) {
      String name = BuiltinOptions.names[kind];
      requireKnown(name, position, FIELDS_OF_OPTIONS.getOrDefault(name, 0));
    }
  }

  private void requireKnown(String name, int position, int known) {
    int fieldsOfTable = (vtableBytes(position) - HEADER_FIELDS_BYTES) / Short.BYTES;
    for (int i = known; i < fieldsOfTable; i++) {
      if (field(position, i) != 0) {
        List<String> newer = NEWER_FIELDS.getOrDefault(name, List.of());
        String field = i - known < newer.size() ? "'" + newer.get(i - known) + "'" : "number " + i;
        throw new ModelException(
            Reason.UNSUPPORTED_FORMAT,
            "the file has the field "
                + field
                + " of "
                + name
                + ", which came after the version of the file format that Covey reads, and would be"
                + " lost; export the model with an older converter, or without what needs it");
      }
    }
  }

  /** Where field {@code index} of the table stands, or 0 when it is left out. */
  private int field(int table, int index) {
    int entry = HEADER_FIELDS_BYTES + index * Short.BYTES;
    if (entry + Short.BYTES > vtableBytes(table)) {
      return 0;
    }
    int offset = Short.toUnsignedInt(file.getShort(vtable(table) + entry));
    return offset == 0 ? 0 : table + offset;
  }

  private int vtable(int table) {
    return Math.subtractExact(table, file.getInt(table));
  }

  private int vtableBytes(int table) {
    return Short.toUnsignedInt(file.getShort(vtable(table)));
  }

  private int target(int field) {
    return Math.addExact(field, file.getInt(field));
  }

  private static Map<String, Integer> parse() {
    return OPTION_FIELDS
        .lines()
        .map(line -> line.split(" "))
        .flatMap(
            words ->
                Arrays.stream(words)
                    .skip(1)
                    .map(word -> Map.entry(word + "Options", Integer.parseInt(words[0]))))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
