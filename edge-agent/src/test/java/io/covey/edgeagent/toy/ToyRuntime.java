package io.covey.edgeagent.toy;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/**
 * Softmax regression without a bias. A file is the text {@code toy FEATURES CLASSES}; everything
 * else is refused as damaged. Counts what is open, so that tests see leaks.
 */
public final class ToyRuntime implements ModelRuntime {
  private final AtomicInteger openModels = new AtomicInteger();
  private final AtomicInteger openSessions = new AtomicInteger();
  private volatile DoubleSupplier beforeRun = () -> 0;

  /** The file of a model. */
  public static byte[] file(int features, int classes) {
    return "toy %d %d".formatted(features, classes).getBytes(StandardCharsets.US_ASCII);
  }

  /** The file of a model with weights of its own, which all are {@code weight}. */
  public static byte[] file(int features, int classes, float weight) {
    return "toy %d %d %s".formatted(features, classes, weight).getBytes(StandardCharsets.US_ASCII);
  }

  /** Called at the beginning of every inference. */
  public void beforeRun(Runnable action) {
    beforeRun =
        () -> {
          action.run();
          return 0;
        };
  }

  /** Adds what {@code next} gives to the outputs of every inference. */
  public void drift(DoubleSupplier next) {
    beforeRun = next;
  }

  public int openModels() {
    return openModels.get();
  }

  public int openSessions() {
    return openSessions.get();
  }

  @Override
  public LoadedModel load(byte[] file) {
    String[] parts = new String(file, StandardCharsets.US_ASCII).split(" ", -1);
    if (parts.length < 3 || parts.length > 4 || !parts[0].equals("toy")) {
      throw new ModelException(Reason.DAMAGED, "not a toy");
    }
    openModels.incrementAndGet();
    ToyModel model =
        new ToyModel(file.length, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    if (parts.length == 4) {
      model.ownWeights = OptionalDouble.of(Float.parseFloat(parts[3]));
    }
    return model;
  }

  private final class ToyModel implements LoadedModel {
    private final int fileBytes;
    private final int features;
    private final int classes;
    private OptionalDouble ownWeights = OptionalDouble.empty();
    private boolean closed;

    ToyModel(int fileBytes, int features, int classes) {
      this.fileBytes = fileBytes;
      this.features = features;
      this.classes = classes;
    }

    @Override
    public List<Signature> signatures() {
      return List.of(inferenceSignature());
    }

    @Override
    public Signature inferenceSignature() {
      return new Signature(
          "infer",
          List.of(new TensorSpec("x", ElementType.FLOAT32, List.of(TensorSpec.ANY, features))),
          List.of(new TensorSpec("logits", ElementType.FLOAT32, List.of(TensorSpec.ANY, classes))));
    }

    @Override
    public Optional<ParameterLayout> parameterLayout() {
      return Optional.of(layout());
    }

    private ParameterLayout layout() {
      int length = features * classes;
      return new ParameterLayout(
          List.of(new ParameterLayout.Parameter("w00", List.of(features, classes), 0, length)),
          length);
    }

    @Override
    public boolean isTrainable() {
      return true;
    }

    @Override
    public boolean isInitialised() {
      return false;
    }

    @Override
    public long sizeBytes() {
      return fileBytes;
    }

    @Override
    public InferenceSession openInference() {
      requireOpen();
      return new ToyInference(
          inferenceSignature(), math(), () -> beforeRun.getAsDouble(), openSessions);
    }

    @Override
    public InferenceSession openInference(String signature) {
      throw new ModelException(Reason.UNKNOWN_SIGNATURE, signature);
    }

    @Override
    public TrainingSession openTraining() {
      requireOpen();
      return new ToyTraining(layout(), math(), openSessions);
    }

    private ToyMath math() {
      ToyMath math = new ToyMath(features, classes);
      if (ownWeights.isPresent()) {
        float[] values = new float[features * classes];
        Arrays.fill(values, (float) ownWeights.getAsDouble());
        math.restore(values);
      }
      return math;
    }

    private synchronized void requireOpen() {
      if (closed) {
        throw new ModelException(Reason.CLOSED, "the toy is closed");
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        openModels.decrementAndGet();
      }
    }
  }
}
