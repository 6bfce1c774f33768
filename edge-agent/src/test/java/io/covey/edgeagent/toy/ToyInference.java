package io.covey.edgeagent.toy;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Refuses use by two threads at once, as the real one does. */
final class ToyInference implements InferenceSession {
  private final Signature signature;
  private final ToyMath math;
  private final DoubleSupplier beforeRun;
  private final AtomicInteger open;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  ToyInference(Signature signature, ToyMath math, DoubleSupplier beforeRun, AtomicInteger open) {
    this.signature = signature;
    this.math = math;
    this.beforeRun = beforeRun;
    this.open = open;
    open.incrementAndGet();
  }

  @Override
  public Signature signature() {
    return signature;
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    if (closed.get()) {
      throw new ModelException(Reason.CLOSED, "the session is closed");
    }
    if (busy.getAndSet(true)) {
      throw new ModelException(Reason.CONCURRENT_USE, "two threads in one session");
    }
    try {
      float drift = (float) beforeRun.getAsDouble();
      return Map.of("logits", run(inputs.get("x"), drift));
    } finally {
      busy.set(false);
    }
  }

  private Tensor run(@Nullable Tensor x, float drift) {
    if (x == null || x.shape().size() != 2 || x.shape().get(1) != math.features()) {
      throw new ModelException(Reason.WRONG_SHAPE, "x " + x + " does not fit");
    }
    int rows = x.shape().get(0);
    float[] values = x.toFloats();
    float[] out = new float[rows * math.classes()];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(math.logits(values, row), 0, out, row * math.classes(), math.classes());
    }
    for (int i = 0; i < out.length; i++) {
      out[i] += drift;
    }
    return Tensor.ofFloats(List.of(rows, math.classes()), out);
  }

  @Override
  public int infer(FloatBuffer input, int batch, FloatBuffer output) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void restore(float[] parameters) {
    math.restore(parameters);
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      open.decrementAndGet();
    }
  }
}
