package io.covey.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The test resources, and assertions on refusals. */
final class DataResources {

  /** Far more than any resource needs. */
  static final DataLimits LIMITS = new DataLimits(1 << 20, 1 << 20, 10_000);

  private DataResources() {}

  static byte[] bytes(String name) {
    try (InputStream stream = DataResources.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalArgumentException("no test resource " + name);
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] floats(String name) {
    byte[] bytes = bytes(name);
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  static DataSet read(byte[] content, DataFormat format) {
    return read(content, format, LIMITS);
  }

  static DataSet read(byte[] content, DataFormat format, DataLimits limits) {
    try {
      return new DataFiles(limits).read(new ByteArrayInputStream(content), format);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }

  /** The array of an {@code .npy} file with its own type. */
  static NumericArray npy(byte[] content) {
    try {
      return NpyReader.read(new ByteArrayInputStream(content), LIMITS);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }

  /** Asserts that {@code call} is refused for {@code reason}; its message can be asserted on. */
  static AbstractThrowableAssert<?, ?> assertRefused(Reason reason, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DataException.class,
            refusal -> assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason));
  }
}
