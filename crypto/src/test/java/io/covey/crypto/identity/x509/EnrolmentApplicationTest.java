package io.covey.crypto.identity.x509;

import static io.covey.crypto.identity.x509.TestFleetAuthority.CONTEXT;
import static io.covey.crypto.identity.x509.TestFleetAuthority.PRIMITIVES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.MalformedDocumentException;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The first bytes that the issuing service reads of somebody whom it knows nothing of. */
class EnrolmentApplicationTest {
  private static final long SEED = Long.getLong("covey.seed", 20_261_127L);
  private static final int INPUTS = 20_000;

  /** Of garbage, for one input: the JSON library's buffers, and copies of what was sent. */
  private static final long ALLOCATED = 1L << 20;

  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u0000",
    "\"kind\"",
    "\"covey-enrolment\"",
    "\"version\"",
    "1",
    "-1",
    "1e999999999",
    "\"request\"",
    "\"secret\"",
    "null",
    "true",
    "00",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "\uFEFF",
    "\uD800",
    "//",
    "\n"
  };

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final SoftwareDeviceKeys keys =
      SoftwareDeviceKeys.generate(AesCtrRandomWords.fromSystemRandomness(), PRIMITIVES);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private EnrolmentApplication application() {
    return new EnrolmentApplication(
        SecretBytes.owning(Octets.ofHex("01".repeat(20)).toBytes()),
        EnrolmentRequest.create(keys, CONTEXT).encoded());
  }

  /** What was read, or why not. */
  private record Outcome(
      Optional<EnrolmentApplication> read, Optional<MalformedDocumentException> refused) {}

  private static Outcome attempt(byte[] json) {
    try {
      return new Outcome(Optional.of(EnrolmentApplication.parse(json)), Optional.empty());
    } catch (MalformedDocumentException e) {
      return new Outcome(Optional.empty(), Optional.of(e));
    }
  }

  /** Whether it was read; whatever it is, in one kind of exception and bounded memory. */
  private boolean isRead(byte[] json) {
    Outcome first = attempt(json);
    first.refused().ifPresent(e -> assertThat(e).hasNoCause().hasMessageMatching("(?s).+"));
    // Counted the second time: what is loaded at its first use is nobody's doing.
    long before = threads.getCurrentThreadAllocatedBytes();
    Outcome second = attempt(json);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("allocated for %d bytes", json.length).isLessThan(ALLOCATED);
    assertThat(second.read()).isEqualTo(first.read());
    return first.read().isPresent();
  }

  private byte[] mutated(byte[] whole) {
    byte[] bytes = whole.clone();
    for (int edits = random.nextInt(1, 5); edits > 0 && bytes.length > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        default -> bytes = inserted(bytes, at);
      }
    }
    return bytes;
  }

  private byte[] inserted(byte[] bytes, int at) {
    byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + piece.length);
    System.arraycopy(bytes, at, longer, at + piece.length, bytes.length - at);
    System.arraycopy(piece, 0, longer, at, piece.length);
    return longer;
  }

  @Test
  void alteredApplicationsAreReadOrRefusedAndNothingElse() throws IOException {
    System.out.println("EnrolmentApplicationTest seed: " + SEED);
    EnrolmentApplication made = application();
    byte[] whole = made.toJson();
    int read = 0;
    for (int i = 0; i < INPUTS; i++) {
      read += isRead(mutated(whole)) ? 1 : 0;
    }
    // The request's own bytes are looked at later: many alterations of them are read.
    assertThat(read).isBetween(INPUTS / 50, INPUTS - INPUTS / 50);
    assertThat(EnrolmentApplication.parse(whole)).isEqualTo(made);
  }

  @Test
  void randomBytesAndRandomJsonAreRefusedAndNothingElse() {
    for (int i = 0; i < INPUTS; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      assertThat(isRead(noise)).isFalse();
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "{" : "");
      for (int pieces = random.nextInt(40); pieces > 0; pieces--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      assertThat(isRead(text.toString().getBytes(StandardCharsets.UTF_8))).isFalse();
    }
  }

  @Test
  void whatIsDeepLongOrLargerThanABodyIsRefused() {
    String start = "{\"kind\":\"covey-enrolment\",\"version\":";
    int room = KeyDocument.MAXIMUM_BYTES - start.length();
    for (String end : new String[] {"[", "{\"a\":", "1", "\"a", " "}) {
      byte[] full = (start + end.repeat(room / end.length())).getBytes(StandardCharsets.UTF_8);
      assertThat(isRead(full)).as(end).isFalse();
    }
    assertThatThrownBy(() -> EnrolmentApplication.parse(new byte[KeyDocument.MAXIMUM_BYTES + 1]))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageContaining("longer");
  }
}
