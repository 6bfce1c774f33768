package io.covey.edgeagent.selftest;

import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What the agent hands to the child on its standard input: numbers big-endian, everything of
 * varying length after its length. Both ends are of one build, so there is no version.
 *
 * @param nonce begins the answer, so that nothing that a model's file brings to the log looks like
 *     one
 * @param timeoutMillis after which the child ends itself
 */
record ChildRequest(String nonce, long timeoutMillis, Candidate candidate) {
  private static final int NO_WEIGHTS = -1;
  private static final int BLOCK_BYTES = 64 * 1024;

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(nonce);
    out.writeLong(timeoutMillis);
    out.writeInt(candidate.graph().length);
    out.write(candidate.graph());
    if (candidate.weights().isPresent()) {
      writeFloats(out, candidate.weights().get());
    } else {
      out.writeInt(NO_WEIGHTS);
    }
    out.writeBoolean(candidate.samples().isPresent());
    if (candidate.samples().isPresent()) {
      ReleasedSamples samples = candidate.samples().get();
      writeSamples(out, samples.inputs());
      writeSamples(out, samples.expected());
      out.writeDouble(samples.tolerance());
    }
    out.flush();
  }

  static ChildRequest read(DataInputStream in) throws IOException {
    String nonce = in.readUTF();
    long timeoutMillis = in.readLong();
    byte[] graph = readBytes(in, in.readInt());
    Optional<float[]> weights = readFloats(in);
    Optional<ReleasedSamples> samples =
        in.readBoolean()
            ? Optional.of(new ReleasedSamples(readSamples(in), readSamples(in), in.readDouble()))
            : Optional.empty();
    return new ChildRequest(nonce, timeoutMillis, new Candidate(graph, weights, samples));
  }

  private static void writeFloats(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    FloatBuffer left = FloatBuffer.wrap(values);
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    while (left.hasRemaining()) {
      int count = Math.min(left.remaining(), BLOCK_BYTES / Float.BYTES);
      block.clear().asFloatBuffer().put(left.slice().limit(count));
      left.position(left.position() + count);
      out.write(block.array(), 0, count * Float.BYTES);
    }
  }

  private static Optional<float[]> readFloats(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count == NO_WEIGHTS) {
      return Optional.empty();
    }
    float[] values = new float[count];
    FloatBuffer left = FloatBuffer.wrap(values);
    while (left.hasRemaining()) {
      int bytes = (int) Math.min(BLOCK_BYTES, (long) Float.BYTES * left.remaining());
      left.put(ByteBuffer.wrap(readBytes(in, bytes)).asFloatBuffer());
    }
    return Optional.of(values);
  }

  private static void writeSamples(DataOutputStream out, List<NamedTensors> samples)
      throws IOException {
    byte[] file = SampleFile.write(samples);
    out.writeInt(file.length);
    out.write(file);
  }

  private static List<NamedTensors> readSamples(DataInputStream in) throws IOException {
    return SampleFile.read(readBytes(in, in.readInt()));
  }

  private static byte[] readBytes(DataInputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length != count) {
      throw new EOFException(
          "the request ends after %d of %d bytes".formatted(bytes.length, count));
    }
    return bytes;
  }
}
