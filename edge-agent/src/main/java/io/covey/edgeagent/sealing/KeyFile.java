package io.covey.edgeagent.sealing;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.DurableFiles;
import io.covey.edgeagent.artifacts.StorageProbe;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.WrappedContentKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wrapped keys in a small file, put in place at once and whole: messages as the coordinator would
 * have sent them, each after its length (4 bytes, big-endian), so that the same decoder checks
 * them. Without the agent's private key the file opens nothing.
 */
public final class KeyFile {
  private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
  private static final String SENDER = "keys";
  private static final int MAXIMUM_BYTES = 1 << 20;

  private final Path path;
  private final StorageProbe probe;

  /** What is kept. */
  record Content(List<GroupKeyGranted> grants, List<WrappedContentKey> contentKeys) {
    Content {
      grants = List.copyOf(grants);
      contentKeys = List.copyOf(contentKeys);
    }
  }

  /**
   * @param directory the agent's data directory
   */
  public KeyFile(Path directory) {
    this(directory, StorageProbe.NONE);
  }

  /** The same, with somebody who hears of what happens to the file. */
  public KeyFile(Path directory, StorageProbe probe) {
    this.path = directory.resolve("keys");
    this.probe = probe;
  }

  /**
   * Empty when the file is missing, damaged or cannot be read: the coordinator will say everything
   * again.
   */
  Content read() {
    try (InputStream in = Files.newInputStream(path)) {
      return parse(in.readNBytes(MAXIMUM_BYTES + 1));
    } catch (NoSuchFileException e) {
      return new Content(List.of(), List.of());
    } catch (DecodeException e) {
      LOG.warn(
          "Ignored {}: it is damaged: {}. The keys are asked for anew, and the file is written"
              + " again when they come",
          path,
          e.getMessage());
    } catch (IOException e) {
      LOG.warn("Cannot read {}: {}. The keys are asked for anew", path, e.getMessage());
    }
    return new Content(List.of(), List.of());
  }

  private static Content parse(byte[] bytes) throws IOException, DecodeException {
    if (bytes.length > MAXIMUM_BYTES) {
      throw damaged("more than " + MAXIMUM_BYTES + " bytes");
    }
    List<GroupKeyGranted> grants = new ArrayList<>();
    List<WrappedContentKey> keys = new ArrayList<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    while (in.available() >= Integer.BYTES) {
      int length = in.readInt();
      if (length < 0 || length > in.available()) {
        throw damaged("a message of " + length + " bytes, and " + in.available() + " follow");
      }
      Message message = MessageCodec.decode(ByteString.copyFrom(in.readNBytes(length))).body();
      if (message instanceof GroupKeyGranted grant) {
        grants.add(grant);
      } else if (message instanceof DesiredState state) {
        keys.addAll(state.keys());
      } else {
        throw damaged("another message where a key should be");
      }
    }
    if (in.available() > 0) {
      throw damaged("half a length at its end");
    }
    return new Content(grants, keys);
  }

  private static DecodeException damaged(String what) {
    return new DecodeException(DecodeException.Kind.MALFORMED, what);
  }

  void write(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (GroupKeyGranted grant : content.grants()) {
      write(out, grant);
    }
    List<WrappedContentKey> keys = content.contentKeys();
    for (int at = 0; at < keys.size(); at += Limits.CONTENT_KEYS) {
      int end = Math.min(keys.size(), at + Limits.CONTENT_KEYS);
      write(out, new DesiredState(0, List.of(), keys.subList(at, end)));
    }
    probe.before(StorageProbe.Step.WRITE_KEYS);
    DurableFiles.replace(path, bytes.toByteArray(), probe);
  }

  private static void write(DataOutputStream out, Message message) throws IOException {
    byte[] encoded = MessageCodec.encode(new Envelope(SENDER, 0, message)).toByteArray();
    out.writeInt(encoded.length);
    out.write(encoded);
  }
}
