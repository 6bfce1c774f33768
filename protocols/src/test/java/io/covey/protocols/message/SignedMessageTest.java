package io.covey.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.message.SignedMessage.Period;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SignedMessageTest {
  private static final long FUZZ_SEED = Long.getLong("covey.seed", 20_261_126L);
  private static final int FUZZ_INPUTS = 100_000;
  private static final Envelope ENVELOPE = new Envelope("run", 7, new Presence(true, "1"));
  private static final SignedMessage SAMPLE =
      new SignedMessage(
          new Header("run", 1, 2, 7, new Period(1_000, 2_000), ByteString.copyFromUtf8("cert")),
          MessageCodec.encode(ENVELOPE),
          signature());

  private static ByteString signature() {
    byte[] signature = new byte[Limits.SIGNATURE_BYTES];
    Arrays.fill(signature, (byte) 9);
    return ByteString.copyFrom(signature);
  }

  private static Kind kindOf(ByteString bytes) {
    DecodeException refusal =
        catchThrowableOfType(DecodeException.class, () -> SignedMessage.decode(bytes));
    assertThat(refusal).isNotNull();
    return refusal.kind();
  }

  @Test
  void goldenBytes() throws Exception {
    String golden =
        "a006" // format 1
            + "01"
            + "aa0617" // header of 23 bytes
            + "0a0372756e" // session
            + "1001" // run
            + "1802" // greeting
            + "2007" // sequence
            + "28e807" // issued
            + "30d00f" // expires
            + "3a0463657274" // certificate
            + "b20611" // body of 17 bytes
            + HexFormat.of().formatHex(MessageCodec.encode(ENVELOPE).toByteArray())
            + "ba0640" // signature of 64 bytes
            + "09".repeat(64);
    assertThat(HexFormat.of().formatHex(SAMPLE.encode().toByteArray())).isEqualTo(golden);
    assertThat(SignedMessage.decode(SAMPLE.encode())).isEqualTo(SAMPLE);
    assertThat(SignedMessage.readUnverified(SAMPLE.encode())).isEqualTo(ENVELOPE);
  }

  @Test
  void aBareEnvelopeIsSaidToBeUnsignedAndNeitherReadsAsTheOther() {
    for (Envelope envelope : Samples.all().values()) {
      assertThat(kindOf(MessageCodec.encode(envelope))).isEqualTo(Kind.UNSIGNED);
    }
    assertThat(kindOf(ByteString.EMPTY)).isEqualTo(Kind.UNSIGNED);
    assertThatThrownBy(() -> MessageCodec.decode(SAMPLE.encode()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("major version 0");
  }

  @Test
  void anotherFormatIsRefusedWhateverElseIsInIt() throws Exception {
    var wire = io.covey.protocols.message.wire.SignedMessage.parseFrom(SAMPLE.encode());
    for (int format : new int[] {2, -1}) {
      ByteString other = wire.toBuilder().setFormat(format).build().toByteString();
      assertThat(kindOf(other)).isEqualTo(Kind.UNKNOWN_MAJOR_VERSION);
    }
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    var wire =
        io.covey.protocols.message.wire.SignedMessage.newBuilder()
            .setFormat(SignedMessage.FORMAT)
            .setSignature(signature());
    var header = io.covey.protocols.message.wire.SignedHeader.newBuilder();
    assertOutOfRange(wire.clone().setSignature(ByteString.EMPTY), "signature of 0 bytes");
    assertOutOfRange(
        wire.clone().setHeader(header.clone().setIssuedAtMillis(2).setExpiresAtMillis(1)),
        "expiry is 1");
    assertOutOfRange(wire.clone().setHeader(header.clone().setSequence(-1)), "sequence is -1");
    assertOutOfRange(
        wire.clone().setHeader(header.clone().setSession("two\nlines")), "session holds");
    assertOutOfRange(
        wire.clone().setHeader(header.clone().setExpiresAtMillis(Long.MAX_VALUE)), "expiry is");
    assertOutOfRange(
        wire.clone().setHeader(header.clone().setCertificate(ByteString.copyFrom(new byte[1025]))),
        "certificate (bytes) is 1025");
  }

  private static void assertOutOfRange(
      io.covey.protocols.message.wire.SignedMessage.Builder wire, String message) {
    assertThatThrownBy(() -> SignedMessage.decode(wire.build().toByteString()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  /** A chunk leaves room for the longest header, a certificate and a signature. */
  @Test
  void theFullestMessageFits() throws Exception {
    UpdateChunk chunk =
        new UpdateChunk(
            new RoundId("r".repeat(96)),
            Limits.UPDATE_CHUNKS - 1,
            Limits.UPDATE_CHUNKS,
            ByteString.copyFrom(new byte[Limits.CHUNK_CONTENT_BYTES]));
    String longest = "\uFFFD".repeat(Limits.BOOT_ID_CHARACTERS);
    Header header =
        new Header(
            longest,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            new Period(200_000_000_000_000L, 200_000_000_000_000L),
            ByteString.copyFrom(new byte[Limits.CERTIFICATE_BYTES]));
    ByteString body = MessageCodec.encode(new Envelope("b".repeat(64), Long.MAX_VALUE, chunk));
    for (ByteString content :
        new ByteString[] {body, ByteString.copyFrom(new byte[Limits.ENVELOPE_BYTES])}) {
      SignedMessage fullest = new SignedMessage(header, content, signature());
      assertThat(fullest.encode().size()).isLessThanOrEqualTo(Limits.MESSAGE_BYTES);
      assertThat(SignedMessage.decode(fullest.encode())).isEqualTo(fullest);
    }
    assertThat(kindOf(ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES + 1])))
        .isEqualTo(Kind.TOO_LARGE);
  }

  @Test
  void mutatedBytesDecodeOrAreRefusedAndNothingElse() throws Exception {
    System.out.println("SignedMessageTest seed: " + FUZZ_SEED);
    SplittableRandom random = new SplittableRandom(FUZZ_SEED);
    byte[] seed = SAMPLE.encode().toByteArray();
    Map<Kind, Integer> refusals = new TreeMap<>();
    int decoded = 0;
    for (int i = 0; i < FUZZ_INPUTS; i++) {
      ByteString input = ByteString.copyFrom(mutated(seed, random));
      try {
        SignedMessage message = SignedMessage.decode(input);
        assertThat(SignedMessage.decode(message.encode())).isEqualTo(message);
        decoded++;
      } catch (DecodeException e) {
        refusals.merge(e.kind(), 1, Integer::sum);
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(decoded).isGreaterThan(FUZZ_INPUTS / 20);
    assertThat(refusals)
        .containsOnlyKeys(
            Kind.MALFORMED, Kind.UNKNOWN_MAJOR_VERSION, Kind.OUT_OF_RANGE, Kind.UNSIGNED);
  }

  private static byte[] mutated(byte[] seed, SplittableRandom random) {
    byte[] bytes = seed.clone();
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          longer[at] = (byte) random.nextInt();
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
