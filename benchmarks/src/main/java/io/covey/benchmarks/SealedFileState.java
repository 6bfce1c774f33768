package io.covey.benchmarks;

import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.FileOpener;
import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.FileSealer;
import io.covey.crypto.envelope.ModelFile;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A model's file, plain and sealed, in memory. */
@State(Scope.Thread)
public class SealedFileState {
  /** The parameter's name, as JMH knows it. */
  static final String FILE_BYTES = "fileBytes";

  /** Length of the plaintext; 20 MiB. */
  @Param("20971520")
  public int fileBytes = 1;

  final ContentKey key = ContentKey.generate(AesCtrRandomWords.fromSystemRandomness());
  final ModelFile file =
      new ModelFile(
          new FleetId("fleet"), new ModelName("model"), new ModelVersion(1), FileRole.SERVING);
  final FileSealer sealer = new FileSealer(AesCtrRandomWords.fromSystemRandomness());
  final FileOpener opener = new FileOpener();

  byte[] plaintext = {};
  byte[] sealed = {};
  SealedFile description = new SealedFile(Sha256.of(sealed), 0, Sha256.of(sealed), 56);

  /** Seals random bytes. */
  @Setup
  public void prepare() throws IOException {
    plaintext = new byte[fileBytes];
    new Random(1).nextBytes(plaintext);
    ByteArrayOutputStream out = new ByteArrayOutputStream(fileBytes + (1 << 16));
    description = sealer.seal(key, file, input(), out);
    sealed = out.toByteArray();
  }

  FileSealer.SizedInput input() {
    return new FileSealer.SizedInput(new ByteArrayInputStream(plaintext), plaintext.length);
  }
}
