package io.covey.benchmarks;

import io.covey.models.runtime.BareInvocation;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.TensorSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A model with one float32 input and one float32 output, loaded, and random examples for it. */
@State(Scope.Thread)
public class InferenceState {
  /** The parameters' names, as JMH knows them. */
  static final String MODEL = "model";

  static final String BATCH = "batch";

  static final String DIGITS = "digits";
  private static final String DIGITS_FILE = "/io/covey/simulator/models/plain-digits.tflite";

  /** {@code digits}, the demo's model, or the path of a {@code .tflite} file. */
  @Param(DIGITS)
  public String model = DIGITS;

  /** Examples in one call. */
  @Param("1")
  public int batch = 1;

  private @Nullable LoadedModel loaded;
  private @Nullable InferenceSession session;
  private @Nullable BareInvocation bare;
  private FloatBuffer input = FloatBuffer.allocate(0);
  private FloatBuffer output = FloatBuffer.allocate(0);

  /** Loads the model, with small random parameters if the file brings none. */
  @Setup
  public void prepare() throws IOException {
    Random seeded = new Random(1);
    byte[] file = file();
    LoadedModel ready = ModelRuntime.tensorFlowLite().load(file);
    loaded = ready;
    InferenceSession opened = ready.openInference();
    session = opened;
    if (!ready.isInitialised()) {
      int parameters = ready.parameterLayout().map(ParameterLayout::size).orElse(0);
      opened.restore(randomFloats(seeded, parameters));
    }
    input = direct(batch * elementsOfAnExample(opened.signature().inputs().get(0)));
    input.put(randomFloats(seeded, input.capacity())).flip();
    bare = ready.isInitialised() ? BareInvocation.open(file, batch, input) : null;
    output = direct(batch * elementsOfAnExample(opened.signature().outputs().get(0)));
  }

  int infer() {
    if (session == null) {
      throw new IllegalStateException("the state has not been prepared");
    }
    return session.infer(input.rewind(), batch, output.clear());
  }

  int invoke() {
    if (bare == null) {
      throw new IllegalStateException("the model has no values of its own: measure a plain one");
    }
    return bare.invoke();
  }

  /** Releases the native memory. */
  @TearDown
  public void close() {
    if (bare != null) {
      bare.close();
    }
    if (session != null) {
      session.close();
    }
    if (loaded != null) {
      loaded.close();
    }
  }

  private byte[] file() throws IOException {
    if (!model.equals(DIGITS)) {
      Path path = Path.of(model);
      if (!Files.isReadable(path)) {
        throw new IOException("there is no readable file " + path.toAbsolutePath());
      }
      return Files.readAllBytes(path);
    }
    try (InputStream in = InferenceState.class.getResourceAsStream(DIGITS_FILE)) {
      if (in == null) {
        throw new IOException("the class path lacks " + DIGITS_FILE);
      }
      return in.readAllBytes();
    }
  }

  /** All dimensions but the first, the batch. */
  private static int elementsOfAnExample(TensorSpec tensor) {
    int elements = 1;
    for (int dimension : tensor.shape().subList(1, tensor.shape().size())) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  private static float[] randomFloats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (random.nextFloat() - 0.5f) / 10;
    }
    return values;
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
