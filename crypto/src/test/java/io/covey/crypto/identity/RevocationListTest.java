package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.FleetId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RevocationListTest {
  private static final Signer SIGNER = new Ed25519();
  private static final FleetId FLEET = new FleetId("home");
  private static final Instant ISSUED = Instant.ofEpochSecond(1_767_225_600L);
  private static final SerialNumber LOW = SerialNumber.ofHex("400102030405060708090a0b0c0d0e0f");
  private static final SerialNumber HIGH = SerialNumber.ofHex("7fffffffffffffffffffffffffffffff");
  private static final SerialNumber OTHER = SerialNumber.ofHex("5fffffffffffffffffffffffffffffff");

  /** RFC 8032, section 7.1, test 1. */
  private static final FleetAuthority AUTHORITY =
      new FleetAuthority(
          FLEET,
          SecretBytes.owning(
              Octets.ofHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
                  .toBytes()),
          SIGNER);

  /** Signed by OpenSSL, over a statement put together by hand. */
  private static final Octets ENCODED =
      Octets.ofHex(
          "0104686f6d650000000000000003000000006955b90000000002"
              + "400102030405060708090a0b0c0d0e0f"
              + "7fffffffffffffffffffffffffffffff"
              + "9d07cebeb26505ff7af519c4d2abce79082403f44d35419e4cd6b9194b5a0e58"
              + "2b2260a44cb7365f15ef78161748571b65ebeae023c22a4f3fb0685b68bb820b");

  private static RevocationList list(long version, SerialNumber... serials) {
    return AUTHORITY.revoke(
        new RevocationList.Content(FLEET, version, ISSUED.getEpochSecond(), List.of(serials)));
  }

  @Test
  void aListHasTheseBytesAndComesBackFromThem() {
    RevocationList list =
        AUTHORITY.revoke(
            new RevocationList.Content(FLEET, 2, 5, List.of()).next(ISSUED, List.of(HIGH, LOW)));
    assertThat(list.encode()).isEqualTo(ENCODED);
    assertThat(RevocationList.decode(ENCODED)).contains(list);
    assertThat(list.isIssuedBy(AUTHORITY.publicKey(), SIGNER)).isTrue();
    assertThat(list.contains(LOW)).isTrue();
    assertThat(list.contains(HIGH)).isTrue();
    assertThat(list.contains(OTHER)).isFalse();
    assertThat(list.age(ISSUED.plusSeconds(7))).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void noChangeOfOneByteYieldsAListByTheAuthority() {
    for (int at = 0; at < ENCODED.length(); at++) {
      byte[] changed = ENCODED.toBytes();
      changed[at] ^= 1;
      assertThat(
              RevocationList.decode(Octets.owning(changed))
                  .filter(read -> read.isIssuedBy(AUTHORITY.publicKey(), SIGNER)))
          .isEmpty();
    }
  }

  @Test
  void prefixesExtensionsAndRandomBytesAreRefusedOrReadAsTheyAreWritten() {
    byte[] whole = ENCODED.toBytes();
    for (int length = 0; length < whole.length; length++) {
      assertThat(RevocationList.decode(Octets.owning(Arrays.copyOf(whole, length)))).isEmpty();
    }
    assertThat(RevocationList.decode(Octets.owning(Arrays.copyOf(whole, whole.length + 1))))
        .isEmpty();
    long seed = System.nanoTime();
    System.out.println("RevocationListTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = ENCODED.toBytes();
      for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Octets hostile = Octets.owning(bytes);
      RevocationList.decode(hostile)
          .ifPresent(read -> assertThat(read.encode()).isEqualTo(hostile));
    }
  }

  @Test
  void onlyNewerListsByTheAuthorityAreHeeded() {
    Revocations revocations =
        new Revocations(new FleetVerifier(FLEET, AUTHORITY.publicKey(), SIGNER));
    assertThat(revocations.isRevoked(LOW)).isFalse();
    assertThat(revocations.heed(list(2, LOW))).isEqualTo(Revocations.Verdict.TAKEN);
    assertThat(revocations.heed(list(2, LOW))).isEqualTo(Revocations.Verdict.KNOWN);
    assertThat(revocations.heed(list(1))).as("a replay").isEqualTo(Revocations.Verdict.OLDER);
    assertThat(revocations.heed(list(2, HIGH)))
        .as("another list of one version")
        .isEqualTo(Revocations.Verdict.OLDER);
    RevocationList forged = new RevocationList(list(9).content(), list(2, LOW).signature());
    assertThat(revocations.heed(forged)).isEqualTo(Revocations.Verdict.BAD_SIGNATURE);
    FleetAuthority elsewhere =
        new FleetAuthority(new FleetId("barn"), SecretBytes.owning(new byte[32]), SIGNER);
    assertThat(revocations.heed(elsewhere.revoke(RevocationList.none(new FleetId("barn"), ISSUED))))
        .isEqualTo(Revocations.Verdict.WRONG_FLEET);
    assertThat(revocations.isRevoked(LOW)).isTrue();
    assertThat(revocations.heed(list(3, HIGH))).isEqualTo(Revocations.Verdict.TAKEN);
    assertThat(revocations.isRevoked(LOW)).isFalse();
    assertThat(revocations.isRevoked(HIGH)).isTrue();
    assertThat(revocations.age(ISSUED.plusSeconds(3))).contains(Duration.ofSeconds(3));
  }

  @Test
  void listsThatCannotBeAreNotMade() {
    assertThatThrownBy(() -> list(1, HIGH, LOW)).hasMessageContaining("ascending");
    assertThatThrownBy(() -> list(1, LOW, LOW)).hasMessageContaining("ascending");
    assertThatThrownBy(() -> list(0)).hasMessageContaining("version 0");
    assertThatThrownBy(() -> SerialNumber.ofHex("800102030405060708090a0b0c0d0e0f"))
        .hasMessage("serial number begins with 80, expected 40 to 7f");
  }
}
