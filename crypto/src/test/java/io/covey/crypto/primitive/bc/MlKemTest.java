package io.covey.crypto.primitive.bc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;
import org.junit.jupiter.api.Test;

/** The library's ML-KEM-768 (FIPS 203), which is one half of X-Wing. */
class MlKemTest {
  private static final int CIPHERTEXT_BYTES = 1088;

  private final SHAKEDigest inputs = new SHAKEDigest(128);
  private final SHAKEDigest outputs = new SHAKEDigest(128);

  /**
   * A hundred key generations, encapsulations, decapsulations, and decapsulations of random
   * ciphertexts, which FIPS 203 rejects implicitly: inputs from a SHAKE-128 stream, outputs hashed
   * by another. Method: C2SP CCTV, ML-KEM, "Accumulated pq-crystals vectors"; the hash for the
   * final standard: Go, crypto/mlkem, TestAccumulated.
   */
  @Test
  void answersAreThoseThatAreKnownForTheFinalStandard() {
    for (int i = 0; i < 100; i++) {
      MLKEMPrivateKeyParameters privateKey =
          new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, next(64));
      MLKEMPublicKeyParameters publicKey = privateKey.getPublicKeyParameters();
      accumulate(publicKey.getEncoded());
      SecretWithEncapsulation made =
          MLKEMGenerator.internalGenerateEncapsulated(publicKey, next(32));
      accumulate(made.getEncapsulation());
      accumulate(made.getSecret());
      MLKEMExtractor extractor = new MLKEMExtractor(privateKey);
      assertThat(extractor.extractSecret(made.getEncapsulation())).isEqualTo(made.getSecret());
      accumulate(extractor.extractSecret(next(CIPHERTEXT_BYTES)));
    }
    byte[] hash = new byte[32];
    outputs.doFinal(hash, 0, hash.length);
    assertThat(HexFormat.of().formatHex(hash))
        .isEqualTo("1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415");
  }

  private byte[] next(int bytes) {
    byte[] next = new byte[bytes];
    inputs.doOutput(next, 0, bytes);
    return next;
  }

  private void accumulate(byte[] output) {
    outputs.update(output, 0, output.length);
  }
}
