package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What anybody may announce as an encryption key, before anything of it is verified. */
class EncryptionCertificateTest {
  private static final long SEED = Long.getLong("covey.seed", 20_261_127L);
  private static final int INPUTS = 50_000;

  /** Of garbage, for one input: a certificate has less than two kilobytes. */
  private static final long ALLOCATED = 32 * 1024;

  private static final EncryptionCertificate CERTIFICATE =
      new EncryptionCertificate(
          new CertificateFacts(
              new FleetId("home"),
              new AgentId("kitchen"),
              SerialNumber.ofHex("400102030405060708090a0b0c0d0e0f"),
              Validity.from(Instant.ofEpochSecond(1_767_225_600L), Duration.ofDays(90))),
          filled(Kem.PUBLIC_KEY_BYTES, 7),
          filled(Signer.SIGNATURE_BYTES, 9));

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static Octets filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return Octets.owning(bytes);
  }

  /** Whether it was read, and then as what it says. */
  private boolean isRead(byte[] bytes) {
    Octets hostile = Octets.owning(bytes);
    // Once before it counts: what is loaded at its first use is nobody's doing.
    assertThat(EncryptionCertificate.decode(hostile)).isNotNull();
    long before = threads.getCurrentThreadAllocatedBytes();
    var read = EncryptionCertificate.decode(hostile);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).isLessThan(ALLOCATED + 2L * bytes.length);
    read.ifPresent(certificate -> assertThat(certificate.encode()).isEqualTo(hostile));
    return read.isPresent();
  }

  @Test
  void alteredCertificatesAreReadAsTheyAreWrittenOrRefused() {
    System.out.println("EncryptionCertificateTest seed: " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] whole = CERTIFICATE.encode().toBytes();
    int read = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] bytes =
          random.nextInt(4) == 0
              ? Arrays.copyOf(whole, random.nextInt(whole.length + 70))
              : whole.clone();
      // Mostly in the part where lengths, names and times stand.
      int reach = random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 60);
      for (int edits = random.nextInt(4); edits > 0 && reach > 0; edits--) {
        bytes[random.nextInt(reach)] = (byte) random.nextInt();
      }
      read += isRead(bytes) ? 1 : 0;
    }
    assertThat(read).isBetween(INPUTS / 50, INPUTS - INPUTS / 50);
  }

  @Test
  void randomBytesAreRefused() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < INPUTS; i++) {
      byte[] bytes = new byte[random.nextInt(EncryptionCertificate.MAXIMUM_ENCODED_BYTES + 2)];
      random.nextBytes(bytes);
      if (bytes.length > 1) {
        // Past the first checks, where it becomes interesting.
        bytes[0] = 1;
        bytes[1] = (byte) random.nextInt(-2, 66);
      }
      isRead(bytes);
    }
    assertThat(isRead(new byte[1 << 20])).isFalse();
  }
}
