package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.protocols.message.LocalTraining;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitsCsv;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The models that learn digits: the demo's, a small convolutional network as Keras exports it, and
 * the simulations', a perceptron that was exported as trainable and takes less time.
 */
public final class DemoModel {
  /** The name under which it is registered. */
  public static final String NAME = "digits";

  public static final String DESCRIPTION = "Reads handwritten digits of 8x8 pixels";

  /** Of the plain model's parameter vector: two convolutions and a dense layer, with biases. */
  static final int PARAMETERS = (9 * 8 + 8) + (9 * 8 * 16 + 16) + (2 * 2 * 16 * 10 + 10);

  /**
   * The first version is untrained: its scores lie close together, and more of them change places.
   */
  private static final double MINIMUM_AGREEMENT = 0.95;

  private static final String TRAINABLE = "/io/covey/simulator/models/digits.tflite";
  private static final String PLAIN = "/io/covey/simulator/models/plain-digits.tflite";

  private DemoModel() {}

  /** The trainable {@code .tflite} file of the perceptron; a fresh copy. */
  public static byte[] graph() {
    return resource(TRAINABLE);
  }

  /** The plain {@code .tflite} file of the convolutional network; a fresh copy. */
  static byte[] plain() {
    return resource(PLAIN);
  }

  /** What the plain model is for: classes of digits whose pixels are 0 to 16 in files. */
  static ObjectNode task() {
    ObjectNode task = new ObjectMapper().createObjectNode();
    task.put("loss", "SOFTMAX_CROSS_ENTROPY");
    IntStream.range(0, Digit.LABELS)
        .forEach(label -> task.withArray("classes").add(Integer.toString(label)));
    task.putObject("preprocessing").put("scale", Digit.SCALE);
    task.putObject("serving").put("minimumAgreement", MINIMUM_AGREEMENT);
    return task;
  }

  /** How the digits lie in a file of samples. */
  static ObjectNode sampleFormat() {
    return new ObjectMapper()
        .createObjectNode()
        .put("kind", "CSV")
        .put("label", DigitsCsv.LABEL_COLUMN);
  }

  private static byte[] resource(String name) {
    try (InputStream in = DemoModel.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the simulator's jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  /**
   * How the demo trains it. Epochs, batch size and learning rate were measured: with seeds 1 to 5
   * and these, 20 rounds of 8 out of 10 agents reach 95 to 98 % on held-out digits, and 5 rounds 89
   * to 96 %.
   */
  public static TrainingPlan plan(int cohortSize) {
    return new TrainingPlan(
        cohortSize,
        Math.max(SecAggParameters.MINIMUM_COHORT, cohortSize / 2),
        new LocalTraining(5, 10, 0.1f, 0f),
        12,
        4f,
        512,
        16f,
        ServerOptimization.fedAvg(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        AggregationPlan.standard());
  }

  /**
   * How a demo with privacy trains it: noise is proportional to the clip norm, so updates are
   * clipped short, and the server takes larger steps instead; everybody's few examples make one
   * step of an epoch, since smaller steps are noisier. See docs/privacy.md for what came of it.
   */
  public static TrainingPlan privatePlan(int cohortSize, double noiseMultiplier) {
    AggregationPlan standard = AggregationPlan.standard();
    return new TrainingPlan(
        cohortSize,
        Math.max(SecAggParameters.MINIMUM_COHORT, cohortSize - cohortSize / 10),
        new LocalTraining(10, 256, 0.5f, 0f),
        12,
        1f,
        512,
        16f,
        new ServerOptimization(ServerOptimization.Algorithm.FED_AVG, 1.5f, 0f, 0f, 1e-3f),
        Duration.ofSeconds(30),
        Duration.ofSeconds(120),
        new AggregationPlan(
            standard.adversary(),
            standard.corruptFraction(),
            standard.dropoutFraction(),
            standard.privacyBits(),
            standard.correctnessBits(),
            // A hundred agents in one process take their turns.
            Duration.ofSeconds(90)),
        Optional.of(new PrivacyPlan(noiseMultiplier, false, Optional.empty())));
  }
}
