package io.covey.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.wire.DeclineReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageCodecTest {
  private static final int FUZZ_INPUTS = 40_000;
  private static final long FUZZ_SEED = 20_261_121;

  @ParameterizedTest
  @MethodSource("names")
  void goldenBytesDecodeToTheirMessage(String name) throws Exception {
    assertThat(MessageCodec.decode(golden(name))).isEqualTo(Samples.all().get(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void messageEncodesToItsGoldenBytes(String name) throws Exception {
    Envelope sample = Samples.all().get(name);
    assertThat(sample).isNotNull();
    assertThat(hex(MessageCodec.encode(sample))).isEqualTo(hex(golden(name)));
  }

  @Test
  void everyMessageTypeHasGoldenBytes() throws Exception {
    assertThat(goldenFile().keySet()).isEqualTo(Samples.all().keySet());
    Set<Class<?>> sampled =
        Samples.all().values().stream()
            .map(sample -> sample.body().getClass())
            .collect(Collectors.toSet());
    assertThat(sampled).isEqualTo(leavesOf(Message.class).collect(Collectors.toSet()));
  }

  private static Stream<Class<?>> leavesOf(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(MessageCodecTest::leavesOf)
        : Stream.of(type);
  }

  @Test
  void mutatedBytesDecodeOrAreRefusedAndNothingElse() throws Exception {
    System.out.println("MessageCodecTest seed: " + FUZZ_SEED);
    SplittableRandom random = new SplittableRandom(FUZZ_SEED);
    ByteString[] seeds = goldenFile().values().toArray(ByteString[]::new);
    Map<Kind, Integer> refusals = new TreeMap<>();
    int decoded = 0;
    for (int i = 0; i < FUZZ_INPUTS; i++) {
      ByteString input = mutate(seeds, random);
      try {
        Envelope envelope = MessageCodec.decode(input);
        assertThat(MessageCodec.decode(MessageCodec.encode(envelope)))
            .as(hex(input))
            .isEqualTo(envelope);
        decoded++;
      } catch (DecodeException e) {
        refusals.merge(e.kind(), 1, Integer::sum);
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    // The fuzzer reaches what it is to reach.
    assertThat(decoded).isGreaterThan(FUZZ_INPUTS / 20);
    assertThat(refusals)
        .containsOnlyKeys(
            Kind.MALFORMED, Kind.UNKNOWN_MAJOR_VERSION, Kind.MISSING_BODY, Kind.OUT_OF_RANGE);
  }

  @Test
  void largestMessageIsReadAndOneByteMoreIsRefusedUnread() {
    assertThat(kindOf(ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES + 1])))
        .isEqualTo(Kind.TOO_LARGE);
    assertThat(kindOf(ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES])))
        .isEqualTo(Kind.MALFORMED);
  }

  @Test
  void fullestMessagesOfEachKindFit() throws Exception {
    String text = "\uD83D\uDE00".repeat(Limits.TEXT_CHARACTERS / 2);
    String name = "m".repeat(60);
    ReportedState fullest =
        new ReportedState(
            Long.MAX_VALUE,
            IntStream.range(0, 2 * Limits.MODELS_PER_AGENT)
                .mapToObj(
                    i ->
                        new ReportedState.ModelState(
                            new ModelName(name + i),
                            new ModelVersion(Integer.MAX_VALUE),
                            ReportedState.Status.REFUSED,
                            text))
                .toList(),
            true);
    UpdateChunk chunk =
        new UpdateChunk(
            new RoundId("r".repeat(96)),
            Limits.UPDATE_CHUNKS - 1,
            Limits.UPDATE_CHUNKS,
            ByteString.copyFrom(new byte[Limits.CHUNK_CONTENT_BYTES]));
    DesiredState everything =
        new DesiredState(
            Long.MAX_VALUE,
            IntStream.range(0, Limits.MODELS_PER_AGENT)
                .mapToObj(i -> SealingSamples.fullest(new ModelName(name + i), Integer.MAX_VALUE))
                .toList(),
            IntStream.range(0, Limits.CONTENT_KEYS)
                .mapToObj(i -> SealingSamples.key(new ModelName(name + i), Integer.MAX_VALUE))
                .toList(),
            Collections.nCopies(
                Limits.ARTIFACT_URLS,
                new ArtifactUrl("https://a/" + "b".repeat(Limits.ARTIFACT_URL_CHARACTERS - 10))));
    for (Message body : new Message[] {fullest, chunk, everything}) {
      Envelope envelope = new Envelope("b".repeat(64), Long.MAX_VALUE, body);
      assertThat(MessageCodec.decode(MessageCodec.encode(envelope))).isEqualTo(envelope);
    }
  }

  @Test
  void unknownFieldsAreIgnoredAtEveryDepth() throws Exception {
    for (Map.Entry<String, Envelope> sample : Samples.all().entrySet()) {
      var wire = parse(golden(sample.getKey())).toBuilder().setMinor(99);
      UnknownFieldSet unknown =
          UnknownFieldSet.newBuilder()
              .addField(
                  5000,
                  UnknownFieldSet.Field.newBuilder()
                      .addLengthDelimited(ByteString.copyFromUtf8("from the future"))
                      .build())
              .build();
      wire.setUnknownFields(unknown);
      if (wire.hasPresence()) {
        wire.getPresenceBuilder().setUnknownFields(unknown);
      }
      assertThat(MessageCodec.decode(wire.build().toByteString())).isEqualTo(sample.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  void otherMajorVersionIsRefusedWhateverElseIsInIt(int major) throws Exception {
    ByteString bytes =
        parse(golden("presence-birth")).toBuilder().setMajor(major).build().toByteString();
    assertThat(kindOf(bytes)).isEqualTo(Kind.UNKNOWN_MAJOR_VERSION);
  }

  @Test
  void messageWithoutBodyIsRefused() throws Exception {
    ByteString none =
        parse(golden("presence-birth")).toBuilder().clearBody().build().toByteString();
    assertThat(kindOf(none)).isEqualTo(Kind.MISSING_BODY);
    assertThat(kindOf(ByteString.EMPTY)).isEqualTo(Kind.UNKNOWN_MAJOR_VERSION);
  }

  @Test
  void enumsThatAreMissingOrUnknownAreRefused() throws Exception {
    var wire = parse(golden("round-declined-busy"));
    for (int value : new int[] {0, 4711, -1}) {
      var changed = wire.toBuilder();
      changed.getRoundDeclinedBuilder().setReasonValue(value);
      assertThat(refusal(changed.build().toByteString()))
          .hasMessageContaining("decline reason")
          .returns(Kind.OUT_OF_RANGE, DecodeException::kind);
    }
    var state = parse(golden("reported-state")).toBuilder();
    state.getReportedStateBuilder().getModelsBuilder(1).setStatusValue(0);
    assertThat(refusal(state.build().toByteString())).hasMessageContaining("model status");
    var desired = parse(golden("desired-state")).toBuilder();
    desired.getDesiredStateBuilder().getModelsBuilder(0).getArtifactsBuilder(0).setRoleValue(9);
    assertThat(refusal(desired.build().toByteString())).hasMessageContaining("artifact role");
    assertThat(DeclineReason.values()).hasSize(RoundDeclined.Reason.values().length + 2);
  }

  @Test
  void refusalNamesTheFieldAndItsBound() throws Exception {
    var plan = parse(golden("round-plan"));
    var nan = plan.toBuilder();
    nan.getRoundPlanBuilder().getTrainingBuilder().setLearningRate(Float.NaN);
    assertThat(refusal(nan.build().toByteString())).hasMessageContaining("learning rate is NaN");
    var overflowing = plan.toBuilder();
    overflowing.getRoundPlanBuilder().setCohortSize(513);
    overflowing.getRoundPlanBuilder().getEncodingBuilder().setValueBits(12).setLaneBits(21);
    assertThat(refusal(overflowing.build().toByteString())).hasMessageContaining("largest sum");
    var period = plan.toBuilder();
    period.getRoundPlanBuilder().setReportingPeriodMillis(-1);
    assertThat(refusal(period.build().toByteString())).hasMessageContaining("reporting period");
    var withoutBase = plan.toBuilder();
    withoutBase.getRoundPlanBuilder().clearBase();
    assertThat(refusal(withoutBase.build().toByteString())).hasMessageContaining("model name");
    var privacy = parse(golden("round-plan-private")).toBuilder();
    privacy.getRoundPlanBuilder().getEncodingBuilder().getPrivacyBuilder().setClipSteps(-1);
    assertThat(refusal(privacy.build().toByteString())).hasMessageContaining("clip norm in steps");
    var empty = plan.toBuilder();
    empty.getRoundPlanBuilder().getEncodingBuilder().clearMaximumWeight().getPrivacyBuilder();
    assertThat(refusal(empty.build().toByteString())).hasMessageContaining("minimum honest");
    var boot = plan.toBuilder().setBootId("two\nlines");
    assertThat(refusal(boot.build().toByteString())).hasMessageContaining("boot id");
  }

  @Test
  void differenceThatIsNestedOrOfAnotherFileIsRefused() throws Exception {
    var nested = parse(golden("desired-state-differences")).toBuilder();
    var file =
        nested
            .getDesiredStateBuilder()
            .getPlainModelsBuilder(0)
            .getServingBuilder()
            .getDifferenceBuilder()
            .getFileBuilder();
    file.setDifference(
        io.covey.protocols.message.wire.Difference.newBuilder().setFile(file.build()));
    assertThat(refusal(nested.build().toByteString()))
        .hasMessageContaining("a difference of its own");
    var graph = parse(golden("desired-state-differences")).toBuilder();
    var difference = graph.getDesiredState().getModels(0).getArtifacts(1).getDifference();
    graph
        .getDesiredStateBuilder()
        .getModelsBuilder(0)
        .getArtifactsBuilder(0)
        .setDifference(difference);
    assertThat(refusal(graph.build().toByteString()))
        .hasMessageContaining("role GRAPH has a difference");
  }

  /** It would otherwise train, and report without noise. */
  @Test
  void receiverThatDoesNotKnowPrivacyTermsRefusesThePlan() throws Exception {
    var unknown = parse(golden("round-plan-private")).toBuilder();
    unknown.getRoundPlanBuilder().getEncodingBuilder().clearPrivacy();
    assertThat(refusal(unknown.build().toByteString())).hasMessageContaining("maximum weight is 0");
    var lax = parse(golden("round-plan-private")).toBuilder();
    lax.getRoundPlanBuilder().getEncodingBuilder().setMaximumWeight(1);
    assertThat(refusal(lax.build().toByteString()))
        .hasMessageContaining("maximum weight beside privacy terms is 1, expected none");
  }

  @Test
  void deeplyNestedBytesAreRefused() throws Exception {
    ByteString nested = ByteString.EMPTY;
    for (int i = 0; i < 5000; i++) {
      ByteString.Output out = ByteString.newOutput();
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.writeBytes(20, nested);
      coded.flush();
      nested = out.toByteString();
    }
    assertThat(kindOf(nested)).isIn(Kind.MALFORMED, Kind.UNKNOWN_MAJOR_VERSION);
    // Groups nest without lengths, and are the classic way to exhaust a parser's stack.
    byte[] groups = new byte[100_000];
    Arrays.fill(groups, (byte) ((100 << 3) | 3));
    assertThat(kindOf(ByteString.copyFrom(groups))).isEqualTo(Kind.MALFORMED);
  }

  @Test
  void encodingRefusesWhatNobodyWouldRead() {
    ReportedState state = new ReportedState(0, Collections.emptyList(), false);
    assertThatThrownBy(() -> new Envelope("", 0, state)).hasMessageContaining("boot id");
    assertThatThrownBy(() -> new Envelope("b", -1, state)).hasMessageContaining("sequence");
  }

  static Set<String> names() {
    return Samples.all().keySet();
  }

  private static ByteString mutate(ByteString[] seeds, SplittableRandom random) {
    byte[] bytes = seeds[random.nextInt(seeds.length)].toByteArray();
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> bytes = splice(bytes, at, seeds[random.nextInt(seeds.length)].toByteArray());
        case 4 -> bytes = splice(bytes, at, new byte[] {(byte) random.nextInt()});
        default -> bytes[at] = random.nextBoolean() ? (byte) 0xFF : 0;
      }
    }
    return ByteString.copyFrom(bytes);
  }

  private static byte[] splice(byte[] bytes, int at, byte[] inserted) {
    byte[] result = Arrays.copyOf(bytes, bytes.length + inserted.length);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    System.arraycopy(bytes, at, result, at + inserted.length, bytes.length - at);
    return result;
  }

  private static Kind kindOf(ByteString bytes) {
    return refusal(bytes).kind();
  }

  private static DecodeException refusal(ByteString bytes) {
    DecodeException refusal =
        catchThrowableOfType(DecodeException.class, () -> MessageCodec.decode(bytes));
    assertThat(refusal).as("refusal of %s bytes", bytes.size()).isNotNull();
    return refusal;
  }

  private static io.covey.protocols.message.wire.Envelope parse(ByteString bytes)
      throws IOException {
    return io.covey.protocols.message.wire.Envelope.parseFrom(bytes);
  }

  private static ByteString golden(String name) throws IOException {
    ByteString bytes = goldenFile().get(name);
    if (bytes == null) {
      Envelope sample = Samples.all().get(name);
      throw new IOException(
          "no golden bytes for "
              + name
              + (sample == null ? "" : ", which is now " + hex(MessageCodec.encode(sample))));
    }
    return bytes;
  }

  /** Lines of name and bytes in hex. They change only with a new major version. */
  private static Map<String, ByteString> goldenFile() throws IOException {
    try (InputStream in = MessageCodecTest.class.getResourceAsStream("golden-messages.txt")) {
      if (in == null) {
        throw new IOException("golden-messages.txt is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" +"))
          .collect(
              Collectors.toMap(
                  parts -> parts[0],
                  parts -> ByteString.copyFrom(HexFormat.of().parseHex(parts[1]))));
    }
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
