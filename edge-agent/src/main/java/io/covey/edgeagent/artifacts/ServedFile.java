package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions that were served last, in one small file: a desired state as the coordinator would
 * have sent it, so that the same decoder checks it.
 */
final class ServedFile {
  private static final Logger LOG = LoggerFactory.getLogger(ServedFile.class);
  private static final String SENDER = "served";

  private final Path path;

  private final StorageProbe probe;

  ServedFile(Path path, StorageProbe probe) {
    this.path = path;
    this.probe = probe;
  }

  /** Empty when the file is missing or damaged: the coordinator will say again what is wanted. */
  List<ModelManifest> read() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(Limits.MESSAGE_BYTES + 1);
      if (MessageCodec.decode(ByteString.copyFrom(bytes)).body() instanceof DesiredState state) {
        return state.models();
      }
      LOG.warn("Ignored {}: it holds another kind of message", path);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DecodeException e) {
      LOG.warn("Ignored {}: it is damaged: {}", path, e.getMessage());
    }
    return List.of();
  }

  void write(List<ModelManifest> manifests) throws IOException {
    Envelope envelope = new Envelope(SENDER, 0, new DesiredState(0, manifests));
    probe.before(StorageProbe.Step.WRITE_SERVED);
    DurableFiles.replace(path, MessageCodec.encode(envelope).toByteArray(), probe);
  }
}
