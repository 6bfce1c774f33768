package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.NonFinite;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.samples.ExpectedOutputs;
import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a loaded model on samples and looks at what comes out: every output of the signature and no
 * other, with its type and shape, finite, bit for bit the same from a second session, and as near
 * to what its release expects as that says. For one thread.
 */
public final class ModelTrial {
  private final ServableModel model;

  private ModelTrial(ServableModel model) {
    this.model = model;
  }

  /**
   * Tests {@code model}.
   *
   * @param samples empty for {@link GeneratedInputs}
   */
  public static SelfTestResult run(ServableModel model, Optional<ReleasedSamples> samples) {
    long began = System.nanoTime();
    try {
      ModelTrial trial = new ModelTrial(model);
      List<NamedTensors> inputs =
          samples
              .map(ReleasedSamples::inputs)
              .orElseGet(() -> GeneratedInputs.of(model.signature()));
      for (NamedTensors given : inputs) {
        trial.requireFits(given);
      }
      List<NamedTensors> answers = new ArrayList<>();
      Sha256 outputs =
          trial.runAll(inputs, samples.isPresent() ? answer -> keep(answers, answer) : any -> {});
      if (samples.isPresent()) {
        requireRight(samples.get(), answers);
      }
      if (!outputs.equals(trial.runAll(inputs, any -> {}))) {
        return new Failed(
            Reason.OUTPUTS_DIFFER, "two runs on the same inputs gave different outputs");
      }
      return new Passed(Duration.ofNanos(System.nanoTime() - began), outputs);
    } catch (SelfTestFailedException e) {
      return e.result();
    } catch (ModelException e) {
      return new Failed(Reason.REFUSED, String.valueOf(e.getMessage()));
    }
  }

  /** Whether the inputs are the model's; the runtime would say so less clearly. */
  private void requireFits(NamedTensors inputs) throws SelfTestFailedException {
    List<TensorSpec> expected = model.signature().inputs();
    boolean fits = inputs.tensors().size() == expected.size();
    for (TensorSpec spec : expected) {
      Tensor input = inputs.tensors().get(spec.name());
      fits = fits && input != null && fits(spec, input);
    }
    if (!fits) {
      throw failed(
          Reason.REFUSED,
          "the sample inputs do not fit the model: they are %s, expected %s"
              .formatted(inputs.tensors(), expected));
    }
  }

  private static void requireRight(ReleasedSamples samples, List<NamedTensors> answers)
      throws SelfTestFailedException {
    Optional<String> objection =
        new ExpectedOutputs(samples.expected()).objection(answers, samples.tolerance());
    if (objection.isPresent()) {
      throw failed(Reason.WRONG_ANSWERS, objection.get());
    }
  }

  private interface Taker {
    void take(NamedTensors answer) throws SelfTestFailedException;
  }

  private static void keep(List<NamedTensors> answers, NamedTensors answer)
      throws SelfTestFailedException {
    answers.add(answer);
    long bytes =
        answers.stream()
            .flatMap(kept -> kept.tensors().values().stream())
            .mapToLong(output -> output.bytes().remaining())
            .sum();
    if (bytes > SampleFile.MAXIMUM_BYTES) {
      throw failed(
          Reason.WRONG_ANSWERS,
          "more than %d bytes come out, which no release expects"
              .formatted(SampleFile.MAXIMUM_BYTES));
    }
  }

  /** One session after the other, so that only one takes memory. */
  private Sha256 runAll(List<NamedTensors> samples, Taker taker) throws SelfTestFailedException {
    MessageDigest digest = Sha256.newDigest();
    try (InferenceSession session = model.newSession()) {
      for (NamedTensors sample : samples) {
        NamedTensors outputs = NamedTensors.of(session.run(sample.tensors()));
        requireSignature(outputs.tensors());
        outputs.tensors().forEach((name, output) -> update(digest, name, output));
        taker.take(outputs);
      }
    }
    return Sha256.fromBytes(digest.digest());
  }

  private void requireSignature(Map<String, Tensor> outputs) throws SelfTestFailedException {
    List<TensorSpec> expected = model.signature().outputs();
    if (expected.size() != outputs.size()) {
      throw failed(
          Reason.OUTPUTS_DIFFER,
          "%d outputs %s, expected %d"
              .formatted(outputs.size(), outputs.keySet(), expected.size()));
    }
    for (TensorSpec spec : expected) {
      Tensor output = outputs.get(spec.name());
      if (output == null || !fits(spec, output)) {
        throw failed(
            Reason.OUTPUTS_DIFFER,
            "output '%s' is %s, expected %s".formatted(spec.name(), output, spec));
      }
      Optional<String> problem = NonFinite.in(output);
      if (problem.isPresent()) {
        throw failed(Reason.NOT_FINITE, "output '%s': %s".formatted(spec.name(), problem.get()));
      }
    }
  }

  private static boolean fits(TensorSpec spec, Tensor output) {
    List<Integer> shape = output.shape();
    if (spec.type() != output.type() || spec.shape().size() != shape.size()) {
      return false;
    }
    for (int i = 0; i < shape.size(); i++) {
      int expected = spec.shape().get(i);
      if (expected != TensorSpec.ANY && expected != shape.get(i)) {
        return false;
      }
    }
    return true;
  }

  private static void update(MessageDigest digest, String name, Tensor output) {
    byte[] head = (name + output).getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(head.length).flip());
    digest.update(head);
    digest.update(output.bytes());
  }

  private static SelfTestFailedException failed(Reason reason, String detail) {
    return new SelfTestFailedException(new Failed(reason, detail));
  }
}
