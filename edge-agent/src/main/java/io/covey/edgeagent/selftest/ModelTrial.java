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
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs a loaded model on samples and looks at what comes out: every output of the signature and no
 * other, with its type and shape, finite, and bit for bit the same from a second session. For one
 * thread.
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
  public static SelfTestResult run(ServableModel model, List<Sample> samples) {
    long began = System.nanoTime();
    try {
      ModelTrial trial = new ModelTrial(model);
      List<Sample> inputs = samples.isEmpty() ? GeneratedInputs.of(model.signature()) : samples;
      Sha256 first = trial.runAll(inputs);
      Sha256 second = trial.runAll(inputs);
      if (!first.equals(second)) {
        return new Failed(
            Reason.OUTPUTS_DIFFER, "two runs on the same inputs gave different outputs");
      }
      return new Passed(Duration.ofNanos(System.nanoTime() - began), first);
    } catch (SelfTestFailedException e) {
      return e.result();
    } catch (ModelException e) {
      return new Failed(Reason.REFUSED, String.valueOf(e.getMessage()));
    }
  }

  /** One session after the other, so that only one takes memory. */
  private Sha256 runAll(List<Sample> samples) throws SelfTestFailedException {
    MessageDigest digest = Sha256.newDigest();
    try (InferenceSession session = model.newSession()) {
      for (Sample sample : samples) {
        Map<String, Tensor> outputs = new TreeMap<>(session.run(sample.inputs()));
        requireSignature(outputs);
        outputs.forEach((name, output) -> update(digest, name, output));
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
