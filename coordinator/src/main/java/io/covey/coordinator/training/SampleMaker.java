package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelTask;
import io.covey.models.data.FloatArray;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.samples.DrawnInputs;
import io.covey.models.samples.DrawnInputs.Range;
import io.covey.models.samples.ExpectedOutputs;
import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what devices try a version on before it serves: inputs, and what the version answers to
 * them here (ADR 28). Inputs follow from the model's signature and its task, so that they stay the
 * same from version to version. A version that has no good ones goes out without: none of this is a
 * reason not to train.
 *
 * <p>Blocks; any thread.
 */
final class SampleMaker {
  private static final Logger LOG = LoggerFactory.getLogger(SampleMaker.class);

  /** Of a usual model; more of the owner's if the task says so, fewer of a large one. */
  private static final int DRAWN = 8;

  private final ModelRuntime runtime;
  private final ModelRuntime otherKernels = ModelRuntime.withoutAcceleration();

  SampleMaker(ModelRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * What is served.
   *
   * @param name for the log
   * @param file a whole {@code .tflite} file
   * @param weights for all its variables; empty for a file that holds its own
   */
  // A record for its names: two are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Served(String name, byte[] file, Optional<float[]> weights) {}

  /**
   * What inputs are made from.
   *
   * @param calibration samples of what the model will see
   */
  record Source(Optional<FloatArray> calibration, ModelTask.SelfTest terms) {
    /** Of a model that came without any. */
    static final Source NONE = new Source(Optional.empty(), ModelTask.SelfTest.DEFAULT);
  }

  /** Files of samples and of the answers to them. */
  // A record for its names: two are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Made(byte[] inputs, byte[] outputs) {
    List<ArtifactReference> keep(ArtifactFiles files) {
      return List.of(
          files.keep(Role.SAMPLE_INPUTS, inputs), files.keep(Role.EXPECTED_OUTPUTS, outputs));
    }
  }

  /** Empty where there are no good samples, which the log says. */
  Optional<Made> make(Served served, Source source) {
    try {
      List<Pair> pairs = pairs(served, source);
      int count =
          Math.min(
              SampleFile.fitting(pairs.stream().map(Pair::inputs).toList()),
              SampleFile.fitting(pairs.stream().map(Pair::outputs).toList()));
      if (count == 0) {
        LOG.warn(
            "{}: devices cannot compare its answers: {}",
            served.name(),
            pairs.isEmpty()
                ? "they are not finite, or differ too much from kernel to kernel, on all samples"
                : "the inputs of one sample take more than " + SampleFile.MAXIMUM_BYTES + " bytes");
        return Optional.empty();
      }
      List<Pair> kept = pairs.subList(0, count);
      return Optional.of(
          new Made(
              SampleFile.write(kept.stream().map(Pair::inputs).toList()),
              SampleFile.write(kept.stream().map(Pair::outputs).toList())));
    } catch (ModelException e) {
      LOG.warn("{}: devices cannot compare its answers: {}", served.name(), e.getMessage());
      return Optional.empty();
    }
  }

  private record Pair(NamedTensors inputs, NamedTensors outputs) {}

  /** Inputs that the model answers with finite numbers, and with much the same by any kernels. */
  private List<Pair> pairs(Served served, Source source) {
    try (LoadedModel model = runtime.load(served.file());
        LoadedModel other = otherKernels.load(served.file());
        InferenceSession session = session(model, served.weights());
        InferenceSession otherSession = session(other, served.weights())) {
      List<Pair> pairs = new ArrayList<>();
      for (NamedTensors inputs : inputs(model.inferenceSignature(), source)) {
        NamedTensors outputs = NamedTensors.of(session.run(inputs.tensors()));
        requireSmall(outputs);
        NamedTensors others = NamedTensors.of(otherSession.run(inputs.tensors()));
        double difference =
            new ExpectedOutputs(List.of(outputs)).largestDifference(List.of(others));
        // Of numbers that are not finite the difference is not, either.
        if (difference <= source.terms().tolerance() / 2) {
          pairs.add(new Pair(inputs, outputs));
        }
      }
      return pairs;
    }
  }

  /** All samples are as large as the first, so that no more than one too large is held. */
  private static void requireSmall(NamedTensors outputs) {
    if (SampleFile.fitting(List.of(outputs)) == 0) {
      throw new ModelException(
          ModelException.Reason.TOO_LARGE,
          "the outputs of one sample take more than " + SampleFile.MAXIMUM_BYTES + " bytes");
    }
  }

  private static InferenceSession session(LoadedModel model, Optional<float[]> weights) {
    InferenceSession session = model.openInference();
    weights.ifPresent(session::restore);
    return session;
  }

  private static List<NamedTensors> inputs(Signature signature, Source source) {
    List<NamedTensors> inputs = new ArrayList<>();
    source
        .calibration()
        .ifPresent(samples -> inputs.addAll(asTheyAre(signature, samples, source.terms())));
    DrawnInputs drawn =
        new DrawnInputs(
            signature,
            source.calibration().map(SampleMaker::range).orElse(Range.UNIT),
            SampleFile.MAXIMUM_BYTES);
    for (int i = inputs.size(); i < DRAWN; i++) {
      inputs.add(drawn.drawn(i));
    }
    return inputs;
  }

  /** Samples of the owner's, as far as the task allows them to go to every device. */
  private static List<NamedTensors> asTheyAre(
      Signature signature, FloatArray samples, ModelTask.SelfTest terms) {
    TensorSpec input = signature.inputs().get(0);
    int batch = input.takesAnyBatch() ? 1 : input.shape().get(0);
    List<NamedTensors> taken = new ArrayList<>();
    int count = Math.min(terms.samples(), samples.rows());
    for (int i = 0; i < count && input.type() == ElementType.FLOAT32; i++) {
      float[] values = new float[Math.multiplyExact(batch, samples.rowSize())];
      for (int row = 0; row < batch; row++) {
        samples.copyRow(i, values, row * samples.rowSize());
      }
      List<Integer> shape = new ArrayList<>(input.shape());
      shape.set(0, batch);
      taken.add(NamedTensors.of(Map.of(input.name(), Tensor.ofFloats(shape, values))));
    }
    return taken;
  }

  /** From the smallest to the largest value of all samples. */
  private static Range range(FloatArray samples) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    int count = Math.multiplyExact(samples.rows(), samples.rowSize());
    for (int i = 0; i < count; i++) {
      low = Math.min(low, samples.valueAt(i));
      high = Math.max(high, samples.valueAt(i));
    }
    return low <= high && Float.isFinite(low) && Float.isFinite(high)
        ? new Range(low, high)
        : Range.UNIT;
  }
}
