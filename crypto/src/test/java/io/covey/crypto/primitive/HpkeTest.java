package io.covey.crypto.primitive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.primitive.bc.XWing;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;

class HpkeTest {
  private static final byte[] INFO = "covey/test".getBytes(US_ASCII);

  private final Kem kem = new XWing();
  private final Hpke hpke = new Hpke(kem, new AesGcm());
  private final SecretBytes privateKey = bytes(32, 1);
  private final Octets publicKey = kem.publicKeyOf(privateKey);

  /** RFC 9180, appendix A.1.1: its suite has another KEM and AES-128, but the same schedule. */
  @Test
  void keysAndNoncesAreThoseOfTheRfc() {
    Hpke.Schedule schedule =
        Hpke.schedule(
            secret("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"),
            HexFormat.of().parseHex("4f6465206f6e2061204772656369616e2055726e"),
            Hpke.suite(0x0020, 0x0001, 0x0001),
            16);
    assertThat(schedule.key()).isEqualTo(secret("4531685d41d65f03dc48f6b8302c05b0"));
    assertThat(schedule.baseNonce()).isEqualTo(secret("56d890e5accaaf011cff4b7d"));
  }

  @Test
  void messageOpensForItsRecipientInItsContext() {
    SecretBytes plaintext = bytes(32, 2);
    Hpke.Message message = hpke.seal(publicKey, INFO, plaintext, bytes(64, 3)).orElseThrow();
    assertThat(message.sealed().length()).isEqualTo(32 + Hpke.OVERHEAD_BYTES);
    assertThat(hpke.open(privateKey, INFO, message)).contains(plaintext);
    assertThat(hpke.open(bytes(32, 4), INFO, message)).isEmpty();
    assertThat(hpke.open(privateKey, "covey/other".getBytes(US_ASCII), message)).isEmpty();
  }

  /** With X25519 for a KEM, which the library's own HPKE knows: the schedule of AES-256-GCM. */
  @Test
  void messagesOfAnotherImplementationOpenWithTheseKeys() throws Exception {
    HPKE other =
        new HPKE(
            HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    AsymmetricCipherKeyPair recipient = other.deriveKeyPair(bytes(32, 5).reveal());
    HPKEContextWithEncapsulation context = other.setupBaseS(recipient.getPublic(), INFO);
    byte[] sealed = context.seal(new byte[0], "message".getBytes(US_ASCII));

    SecretBytes scalar =
        SecretBytes.owning(((X25519PrivateKeyParameters) recipient.getPrivate()).getEncoded());
    SecretBytes shared = dhKem(scalar, Octets.owning(context.getEncapsulation()));
    Hpke.Schedule schedule = Hpke.schedule(shared, INFO, Hpke.suite(0x0020, 1, 2), 32);
    assertThat(
            new AesGcm()
                .open(
                    schedule.key(),
                    schedule.baseNonce().reveal(),
                    new byte[0],
                    Octets.owning(sealed)))
        .contains(SecretBytes.owning("message".getBytes(US_ASCII)));
  }

  /** Decap of DHKEM(X25519, HKDF-SHA256): RFC 9180, section 4.1. */
  private static SecretBytes dhKem(SecretBytes privateKey, Octets encapsulation) {
    X25519 curve = new X25519();
    byte[] suite = {'K', 'E', 'M', 0, 0x20};
    SecretBytes agreed = curve.agree(privateKey, encapsulation).orElseThrow();
    SecretBytes key = Hpke.extract(new byte[0], "eae_prk", agreed, suite);
    byte[] kemContext =
        HexFormat.of().parseHex(encapsulation.toHex() + curve.publicKeyOf(privateKey).toHex());
    return Hpke.expand(key, "shared_secret", kemContext, 32, suite);
  }

  /** Schedule and encryption over X-Wing's secret, held still. */
  @Test
  void messageKeepsItsGoldenBytes() {
    Hpke.Message message = hpke.seal(publicKey, INFO, bytes(32, 2), bytes(64, 3)).orElseThrow();
    assertThat(message.sealed().toHex())
        .isEqualTo(
            "027a49004c2bd4bc3d07f89fba43744c21a58a14037addc7da90aebe3e18756a6726515981417b6369b87d8da317d202");
  }

  @Test
  void alteredMessageDoesNotOpen() {
    Hpke.Message message = hpke.seal(publicKey, INFO, bytes(32, 2), bytes(64, 3)).orElseThrow();
    for (int i = 0; i < message.sealed().length(); i++) {
      assertThat(
              hpke.open(
                  privateKey,
                  INFO,
                  new Hpke.Message(message.encapsulation(), flipped(message.sealed(), i))))
          .isEmpty();
    }
    for (int i = 0; i < Kem.CIPHERTEXT_BYTES; i += 97) {
      assertThat(
              hpke.open(
                  privateKey,
                  INFO,
                  new Hpke.Message(flipped(message.encapsulation(), i), message.sealed())))
          .isEmpty();
    }
  }

  @Test
  void unacceptablePublicKeyIsRefused() {
    assertThat(hpke.seal(Octets.owning(new byte[1216]), INFO, bytes(32, 2), bytes(64, 3)))
        .isEmpty();
  }

  private static Octets flipped(Octets octets, int position) {
    byte[] bytes = octets.toBytes();
    bytes[position] ^= 0x10;
    return Octets.owning(bytes);
  }

  private static SecretBytes bytes(int count, int first) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (first + 7 * i);
    }
    return SecretBytes.owning(bytes);
  }

  private static SecretBytes secret(String hex) {
    return SecretBytes.owning(HexFormat.of().parseHex(hex));
  }
}
