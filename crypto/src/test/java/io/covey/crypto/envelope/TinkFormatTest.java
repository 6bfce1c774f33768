package io.covey.crypto.envelope;

import static io.covey.crypto.envelope.Sealing.FILE;
import static io.covey.crypto.envelope.Sealing.key;
import static io.covey.crypto.envelope.Sealing.random;
import static io.covey.crypto.envelope.Sealing.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import io.covey.crypto.envelope.OpeningResult.Opened;
import io.covey.crypto.envelope.Sealing.Sample;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sealed files are those of Google Tink's AES256-GCM-HKDF streaming, in both directions. */
class TinkFormatTest {
  private static final int BLOCK = SealedLayout.BLOCK_BYTES;

  private final ContentKey key = key(40);

  private StreamingAead tink() throws GeneralSecurityException {
    return new AesGcmHkdfStreaming(key.secret().reveal(), "HmacSha256", 32, BLOCK, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK - 57, BLOCK - 56, BLOCK - 55, 2 * BLOCK - 72, 400_000})
  void tinkOpensWhatIsSealedHere(int bytes) throws Exception {
    Sample sample = sample(bytes, key, random(bytes));
    try (InputStream opened =
        tink()
            .newDecryptingStream(
                new ByteArrayInputStream(sample.sealed()), FILE.associatedData())) {
      assertThat(opened.readAllBytes()).isEqualTo(sample.plaintext());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK - 57, BLOCK - 56, BLOCK - 55, 2 * BLOCK - 72, 400_000})
  void whatTinkSealsOpensHere(int bytes) throws Exception {
    byte[] plaintext = Sealing.plaintext(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream sealing = tink().newEncryptingStream(out, FILE.associatedData())) {
      sealing.write(plaintext);
    }
    byte[] sealed = out.toByteArray();
    SealedFile expected =
        new SealedFile(Sha256.of(plaintext), bytes, Sha256.of(sealed), sealed.length);
    ByteArrayOutputStream opened = new ByteArrayOutputStream();
    assertThat(new FileOpener().open(key, FILE, expected, new ByteArrayInputStream(sealed), opened))
        .isEqualTo(new Opened());
    assertThat(opened.toByteArray()).isEqualTo(plaintext);
  }

  /** In any order, as they come. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2 * BLOCK, 400_000})
  void eachBlockOpensAlone(int bytes) throws Exception {
    byte[] plaintext = Sealing.plaintext(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream sealing = tink().newEncryptingStream(out, FILE.associatedData())) {
      sealing.write(plaintext);
    }
    byte[] sealed = out.toByteArray();
    SealedLayout layout = SealedLayout.ofSealed(sealed.length).orElseThrow();
    SealedHeader header = SealedHeader.read(sealed).orElseThrow();
    BlockOpener opener = new BlockOpener(key, FILE, header, layout);
    for (int i = layout.blocks() - 1; i >= 0; i--) {
      int plainAt = (int) layout.plaintextOffset(i);
      assertThat(opener.open(i, block(sealed, layout, i)))
          .hasValueSatisfying(
              opened ->
                  assertThat(opened)
                      .isEqualTo(Arrays.copyOfRange(plaintext, plainAt, plainAt + opened.length)));
      int other = (i + 1) % layout.blocks();
      if (other != i) {
        assertThat(opener.open(i, block(sealed, layout, other))).isEmpty();
      }
    }
  }

  private static Octets block(byte[] sealed, SealedLayout layout, int block) {
    int from = (int) layout.sealedOffset(block);
    return Octets.owning(Arrays.copyOfRange(sealed, from, from + layout.sealedBytes(block)));
  }
}
