package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdentityCertificateTest {
  private static final Signer SIGNER = new Ed25519();
  private static final FleetId FLEET = new FleetId("home");
  private static final AgentId KITCHEN = new AgentId("kitchen");
  private static final long ISSUED = 1_767_225_600L;

  /** RFC 8032, section 7.1, tests 1 (the authority) and 2 (the agent). */
  private static final FleetAuthority AUTHORITY =
      new FleetAuthority(
          FLEET,
          secret("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
          SIGNER);

  private static final Octets AGENT_KEY =
      Octets.ofHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  private static final CertificateFacts FACTS = facts("home", "kitchen", ISSUED);

  /** Signed by OpenSSL, over a statement put together by hand. */
  private static final Octets ENCODED =
      Octets.ofHex(
          "0204686f6d65076b69746368656e400102030405060708090a0b0c0d0e0f0000"
              + "00006955b9000000000069cc60003d4017c3e843895a92b70aa74d1b7ebc9c98"
              + "2ccf2ec4968cc0cd55f12af4660c8c675d3280b0d8a20f89e2bb00a9d95ba644"
              + "a8c896a06bafba4e16c970bffb8533151c8cc69faa76a1ce7f46e87b39a658a0"
              + "127a782959088af49d96ca00f900");

  private static CertificateFacts facts(String fleet, String agent, long issued) {
    return new CertificateFacts(
        new FleetId(fleet),
        new AgentId(agent),
        SerialNumber.ofHex("400102030405060708090a0b0c0d0e0f"),
        new Validity(issued, issued + 7_776_000));
  }

  private static SecretBytes secret(String hex) {
    return SecretBytes.owning(Octets.ofHex(hex).toBytes());
  }

  private static IdentityCertificate certificate() {
    return AUTHORITY.certify(FACTS, AGENT_KEY);
  }

  @Test
  void theStatementThatIsSignedHasTheseBytes() {
    assertThat(Octets.owning(IdentityCertificate.statement(FACTS, AGENT_KEY)))
        .isEqualTo(
            Octets.ofHex(
                "0000001d636f7665792f76322f6964656e746974792d63657274696669636174"
                    + "6500000004686f6d65000000076b69746368656e000000104001020304050607"
                    + "08090a0b0c0d0e0f000000006955b9000000000069cc6000000000203d4017c3"
                    + "e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  }

  @Test
  void aCertificateHasTheseBytesAndComesBackFromThem() {
    assertThat(certificate().encode()).isEqualTo(ENCODED);
    assertThat(IdentityCertificate.decode(ENCODED)).contains(certificate());
    assertThat(certificate().isIssuedBy(AUTHORITY.publicKey(), SIGNER)).isTrue();
  }

  @Test
  void aFingerprintIsHalfOfTheSha256OfTheKey() {
    assertThat(Fingerprint.of(AUTHORITY.publicKey()))
        .hasToString("sha256:21fe31dfa154a261626bf854046fd227");
  }

  @Test
  void nothingInACertificateCanBeChanged() {
    IdentityCertificate good = certificate();
    Octets other = SIGNER.publicKeyOf(SecretBytes.owning(new byte[32]));
    assertThat(
            new IdentityCertificate[] {
              new IdentityCertificate(facts("hom", "kitchen", ISSUED), AGENT_KEY, good.signature()),
              new IdentityCertificate(facts("home", "cellar", ISSUED), AGENT_KEY, good.signature()),
              new IdentityCertificate(
                  facts("home", "kitchen", ISSUED + 1), AGENT_KEY, good.signature()),
              new IdentityCertificate(
                  new CertificateFacts(
                      FLEET,
                      KITCHEN,
                      SerialNumber.ofHex("410102030405060708090a0b0c0d0e0f"),
                      FACTS.validity()),
                  AGENT_KEY,
                  good.signature()),
              new IdentityCertificate(FACTS, other, good.signature()),
              new IdentityCertificate(FACTS, AGENT_KEY, Octets.owning(new byte[64])),
            })
        .noneMatch(changed -> changed.isIssuedBy(AUTHORITY.publicKey(), SIGNER));
    assertThat(good.isIssuedBy(other, SIGNER)).isFalse();
  }

  /** The signed statement must tell where one name ends and the next begins. */
  @Test
  void namesCannotBeShiftedFromOneToTheOther() {
    assertThat(IdentityCertificate.statement(facts("ab", "c", ISSUED), AGENT_KEY))
        .isNotEqualTo(IdentityCertificate.statement(facts("a", "bc", ISSUED), AGENT_KEY));
  }

  @Test
  void theLongestNamesFitTheBound() {
    String name = "n".repeat(64);
    Octets encoded =
        new IdentityCertificate(facts(name, name, ISSUED), AGENT_KEY, certificate().signature())
            .encode();
    assertThat(encoded.length()).isEqualTo(IdentityCertificate.MAXIMUM_ENCODED_BYTES);
    assertThat(IdentityCertificate.decode(encoded)).isPresent();
  }

  @Test
  void everyPrefixAndEveryExtensionIsRefused() {
    byte[] whole = ENCODED.toBytes();
    for (int length = 0; length < whole.length; length++) {
      assertThat(IdentityCertificate.decode(Octets.owning(Arrays.copyOf(whole, length)))).isEmpty();
    }
    assertThat(IdentityCertificate.decode(Octets.owning(Arrays.copyOf(whole, whole.length + 1))))
        .isEmpty();
    assertThat(IdentityCertificate.decode(Octets.owning(new byte[1 << 20]))).isEmpty();
  }

  @Test
  void noChangeOfOneByteYieldsACertificateByTheAuthority() {
    for (int at = 0; at < ENCODED.length(); at++) {
      for (int flip = 1; flip < 256; flip++) {
        byte[] changed = ENCODED.toBytes();
        changed[at] ^= (byte) flip;
        Optional<IdentityCertificate> decoded = IdentityCertificate.decode(Octets.owning(changed));
        // One encoding for one certificate: whatever is read is written the same.
        assertThat(decoded.map(IdentityCertificate::encode).orElse(Octets.owning(changed)))
            .isEqualTo(Octets.owning(changed));
        if (flip == 1) {
          assertThat(decoded.filter(read -> read.isIssuedBy(AUTHORITY.publicKey(), SIGNER)))
              .isEmpty();
        }
      }
    }
  }

  @Test
  void randomBytesNeverThrow() {
    long seed = System.nanoTime();
    System.out.println("IdentityCertificateTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      if (bytes.length > 2) {
        // Past the first checks, where it becomes interesting.
        bytes[0] = 2;
        bytes[1] = (byte) random.nextInt(-2, 66);
      }
      Octets hostile = Octets.owning(bytes);
      IdentityCertificate.decode(hostile)
          .ifPresent(certificate -> assertThat(certificate.encode()).isEqualTo(hostile));
    }
  }

  @Test
  void certificatesThatCannotBeAreNotMade() {
    assertThatThrownBy(() -> AUTHORITY.certify(FACTS, Octets.owning(new byte[31])))
        .hasMessage("identity key of 31 bytes, expected 32");
    assertThatThrownBy(() -> AUTHORITY.certify(facts("barn", "kitchen", ISSUED), AGENT_KEY))
        .hasMessage("a certificate for fleet barn, expected home");
    assertThatThrownBy(() -> facts("home", "kitchen", -1)).hasMessageContaining("from -1 s");
  }
}
