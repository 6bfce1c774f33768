package io.covey.crypto.identity.x509;

import static io.covey.crypto.identity.x509.TestFleetAuthority.CONTEXT;
import static io.covey.crypto.identity.x509.TestFleetAuthority.PRIMITIVES;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EnrolmentRequestTest {
  private final SoftwareDeviceKeys keys =
      SoftwareDeviceKeys.generate(AesCtrRandomWords.fromSystemRandomness(), PRIMITIVES);

  private static Optional<EnrolmentRequest> verified(Octets encoded, Octets context) {
    return EnrolmentRequest.verified(encoded, context, PRIMITIVES);
  }

  /** The keys of one device, but for what a test puts in place of one. */
  private static class AlteredKeys implements DeviceKeys {
    private final SoftwareDeviceKeys real;

    AlteredKeys(SoftwareDeviceKeys real) {
      this.real = real;
    }

    @Override
    public Octets identityKey() {
      return real.identityKey();
    }

    @Override
    public Octets sign(byte[] message) {
      return real.sign(message);
    }

    @Override
    public Octets encryptionKey() {
      return real.encryptionKey();
    }

    @Override
    public Optional<SecretBytes> decapsulate(Octets ciphertext) {
      return real.decapsulate(ciphertext);
    }

    @Override
    public PublicKey tlsKey() {
      return real.tlsKey();
    }

    @Override
    public PrivateKey tlsPrivateKey() {
      return real.tlsPrivateKey();
    }

    @Override
    public void close() {
      real.close();
    }
  }

  @Test
  void aRequestProvesTheKeysThatItIsFor() {
    EnrolmentRequest made = EnrolmentRequest.create(keys, CONTEXT);
    EnrolmentRequest read = verified(made.encoded(), CONTEXT).orElseThrow();
    assertThat(read).isEqualTo(made);
    assertThat(read.identityKey()).isEqualTo(keys.identityKey());
    assertThat(read.encryptionKey()).isEqualTo(keys.encryptionKey());
    assertThat(read.tlsKey()).isEqualTo(Octets.copyOf(keys.tlsKey().getEncoded()));
    assertThat(made.encoded().length()).isLessThan(2000);
    assertThat(EnrolmentRequest.create(keys, Octets.ofHex("00")).keys()).isEqualTo(made.keys());
  }

  @Test
  void aRequestIsOfNoUseInAnotherContext() {
    EnrolmentRequest made = EnrolmentRequest.create(keys, CONTEXT);
    assertThat(verified(made.encoded(), Octets.ofHex("c0ffef"))).isEmpty();
  }

  @Test
  void anIdentityKeyThatTheDeviceDoesNotHaveIsRefused() {
    SoftwareDeviceKeys victim =
        SoftwareDeviceKeys.generate(AesCtrRandomWords.fromSystemRandomness(), PRIMITIVES);
    DeviceKeys thief =
        new AlteredKeys(keys) {
          @Override
          public Octets identityKey() {
            return victim.identityKey();
          }
        };
    assertThat(verified(EnrolmentRequest.create(thief, CONTEXT).encoded(), CONTEXT)).isEmpty();
  }

  @Test
  void aTlsKeyThatTheDeviceDoesNotHaveIsRefused() {
    PublicKey victims = P256Keys.generate().getPublic();
    DeviceKeys thief =
        new AlteredKeys(keys) {
          @Override
          public PublicKey tlsKey() {
            return victims;
          }
        };
    assertThat(verified(EnrolmentRequest.create(thief, CONTEXT).encoded(), CONTEXT)).isEmpty();
  }

  @Test
  void anEncryptionKeyThatIsNoneIsRefused() {
    byte[] tooLarge = new byte[Kem.PUBLIC_KEY_BYTES];
    Arrays.fill(tooLarge, (byte) 0xff);
    for (byte[] bad : new byte[][] {tooLarge, new byte[Kem.PUBLIC_KEY_BYTES], new byte[32]}) {
      DeviceKeys strange =
          new AlteredKeys(keys) {
            @Override
            public Octets encryptionKey() {
              return Octets.copyOf(bad);
            }
          };
      assertThat(verified(EnrolmentRequest.create(strange, CONTEXT).encoded(), CONTEXT)).isEmpty();
    }
  }

  @Test
  void anotherCurveIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPair p384 = generator.generateKeyPair();
    DeviceKeys strange =
        new AlteredKeys(keys) {
          @Override
          public PublicKey tlsKey() {
            return p384.getPublic();
          }

          @Override
          public PrivateKey tlsPrivateKey() {
            return p384.getPrivate();
          }
        };
    assertThat(verified(EnrolmentRequest.create(strange, CONTEXT).encoded(), CONTEXT)).isEmpty();
  }

  @Test
  void noChangeOfOneBitAndNoPrefixIsARequest() {
    byte[] whole = EnrolmentRequest.create(keys, CONTEXT).encoded().toBytes();
    for (int at = 0; at < whole.length; at += whole.length > 400 && at > 400 ? 7 : 1) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      assertThat(verified(Octets.owning(changed), CONTEXT)).as("byte %d", at).isEmpty();
      assertThat(verified(Octets.owning(Arrays.copyOf(whole, at)), CONTEXT)).isEmpty();
    }
    assertThat(verified(Octets.owning(Arrays.copyOf(whole, whole.length + 1)), CONTEXT)).isEmpty();
    assertThat(verified(Octets.owning(new byte[1 << 20]), CONTEXT)).isEmpty();
  }

  @Test
  void hostileBytesNeverThrow() {
    long seed = System.nanoTime();
    System.out.println("EnrolmentRequestTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] whole = EnrolmentRequest.create(keys, CONTEXT).encoded().toBytes();
    for (int i = 0; i < 20_000; i++) {
      byte[] hostile = Arrays.copyOf(whole, random.nextInt(1, whole.length + 9));
      // In the structure's first part most often, where lengths and types stand.
      int reach = random.nextBoolean() ? Math.min(hostile.length, 200) : hostile.length;
      for (int changes = random.nextInt(1, 8); changes > 0; changes--) {
        hostile[random.nextInt(reach)] = (byte) random.nextInt();
      }
      assertThat(verified(Octets.owning(hostile), CONTEXT)).isEmpty();
    }
  }

  @Test
  void keysAreWipedWhenTheyAreClosed() {
    byte[] identity = keys.secrets().identity().reveal();
    byte[] encryption = keys.secrets().encryption().reveal();
    byte[] tls = keys.secrets().tls().reveal();
    keys.close();
    assertThat(identity).containsOnly(0);
    assertThat(encryption).containsOnly(0);
    assertThat(tls).containsOnly(0);
    assertThat(keys).hasToString("SoftwareDeviceKeys[redacted]");
  }
}
