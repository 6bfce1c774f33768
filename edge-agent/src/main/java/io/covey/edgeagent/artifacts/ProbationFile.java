package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.session.Probation;
import io.covey.edgeagent.session.Probation.Trial;
import io.covey.edgeagent.session.ReturnedVersion;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The probation as a small file, put in place at once and whole. Numbers are big-endian; a manifest
 * is a desired state as the coordinator would have sent it, after its length, so that the same
 * decoder checks it. A release is its counter, 0 for one that is not known.
 *
 * <p>Files of {@link #MAGIC_BEFORE} are read, too: they have revisions of desired states, which are
 * of no more use, and no releases.
 */
public final class ProbationFile {
  private static final Logger LOG = LoggerFactory.getLogger(ProbationFile.class);
  private static final int MAGIC = 0x43565033;
  private static final int MAGIC_BEFORE = 0x43565032;
  private static final String SENDER = "probation";
  private static final int MAXIMUM_BYTES = 4 << 20;

  private final Path path;
  private final StorageProbe probe;

  /**
   * What an agent left.
   *
   * @param clean whether its process closed it; true when there was none
   */
  public record Content(Probation probation, boolean clean) {
    static final Content NONE = new Content(Probation.none(), true);
  }

  /**
   * @param directory the agent's data directory
   */
  public ProbationFile(Path directory) {
    this(directory, StorageProbe.NONE);
  }

  /** The same, with somebody who hears of what happens to the file. */
  public ProbationFile(Path directory, StorageProbe probe) {
    this.path = directory.resolve("probation");
    this.probe = probe;
  }

  /** Nothing when the file is missing or damaged: then nothing is on probation. */
  public Content read() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MAXIMUM_BYTES);
    } catch (NoSuchFileException e) {
      return Content.NONE;
    }
    try {
      return parse(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException | DecodeException | IllegalArgumentException | DateTimeException e) {
      LOG.warn("Ignored {}: it is damaged: {}", path, e.getMessage());
      return Content.NONE;
    }
  }

  /** Notes durably; not for two threads at a time. */
  public void write(Content content) throws IOException {
    probe.before(StorageProbe.Step.WRITE_PROBATION);
    DurableFiles.replace(path, serialize(content), probe);
  }

  private static byte[] serialize(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeBoolean(content.clean());
    out.writeInt(content.probation().trials().size());
    for (Trial trial : content.probation().trials().values()) {
      writeManifest(out, trial.version());
      writeOptional(out, trial.previous());
      out.writeLong(trial.release().orElse(0));
      out.writeLong(trial.began().toEpochMilli());
      out.writeInt(trial.failures());
      out.writeInt(trial.uncleanEnds());
    }
    out.writeInt(content.probation().returned().size());
    for (ReturnedVersion returned : content.probation().returned().values()) {
      writeManifest(out, returned.version());
      writeOptional(out, returned.back());
      out.writeLong(returned.release().orElse(0));
      out.writeUTF(returned.detail());
    }
    return bytes.toByteArray();
  }

  private static Content parse(DataInputStream in) throws IOException, DecodeException {
    int magic = in.readInt();
    if (magic != MAGIC && magic != MAGIC_BEFORE) {
      throw new IOException("it begins with another number");
    }
    boolean before = magic == MAGIC_BEFORE;
    boolean clean = in.readBoolean();
    if (before) {
      in.readLong();
    }
    SortedMap<ModelName, Trial> trials = new TreeMap<>();
    for (int left = count(in); left > 0; left--) {
      ModelManifest version = readManifest(in);
      Optional<ModelManifest> previous = readOptional(in);
      OptionalLong release = before ? OptionalLong.empty() : release(in.readLong());
      Instant began = Instant.ofEpochMilli(in.readLong());
      trials.put(
          version.model(),
          new Trial(version, previous, release, began, in.readInt(), in.readInt()));
    }
    SortedMap<ModelName, ReturnedVersion> returned = new TreeMap<>();
    for (int left = count(in); left > 0; left--) {
      ModelManifest version = readManifest(in);
      Optional<ModelManifest> back = readOptional(in);
      long number = in.readLong();
      OptionalLong release = before ? OptionalLong.empty() : release(number);
      returned.put(version.model(), new ReturnedVersion(version, back, release, in.readUTF()));
    }
    return new Content(new Probation(trials, returned), clean);
  }

  private static OptionalLong release(long counter) throws IOException {
    if (counter < 0) {
      throw new IOException("release %d, expected at least 0".formatted(counter));
    }
    return counter == 0 ? OptionalLong.empty() : OptionalLong.of(counter);
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > Limits.MODELS_PER_AGENT) {
      throw new IOException(
          "%d entries, expected 0 to %d".formatted(count, Limits.MODELS_PER_AGENT));
    }
    return count;
  }

  private static void writeManifest(DataOutputStream out, ModelManifest manifest)
      throws IOException {
    DesiredState state = new DesiredState(0, List.of(manifest));
    byte[] bytes = MessageCodec.encode(new Envelope(SENDER, 0, state)).toByteArray();
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeOptional(DataOutputStream out, Optional<ModelManifest> manifest)
      throws IOException {
    out.writeBoolean(manifest.isPresent());
    if (manifest.isPresent()) {
      writeManifest(out, manifest.get());
    }
  }

  private static Optional<ModelManifest> readOptional(DataInputStream in)
      throws IOException, DecodeException {
    return in.readBoolean() ? Optional.of(readManifest(in)) : Optional.empty();
  }

  private static ModelManifest readManifest(DataInputStream in)
      throws IOException, DecodeException {
    int length = in.readInt();
    if (length < 0 || length > Limits.MESSAGE_BYTES) {
      throw new IOException("a manifest of %d bytes".formatted(length));
    }
    ByteString bytes = ByteString.copyFrom(in.readNBytes(length));
    if (MessageCodec.decode(bytes).body() instanceof DesiredState state
        && state.models().size() == 1) {
      return state.models().get(0);
    }
    throw new IOException("another message where a manifest should be");
  }
}
