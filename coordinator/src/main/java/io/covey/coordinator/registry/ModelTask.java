package io.covey.coordinator.registry;

import io.covey.models.data.Preprocessing;
import io.covey.models.samples.ExpectedOutputs;
import io.covey.models.samples.SampleFile;
import io.covey.models.training.TrainableSelection;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.loss.LabelForm;
import io.covey.models.training.loss.Loss;
import io.covey.models.weights.WeightForm;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a plain model is for, and how it is trained and served: all that its file does not say.
 *
 * @param loss what training makes small
 * @param labels how examples say what is right
 * @param classes names of the classes by number; empty when they have none
 * @param preprocessing what is done to data before the model sees them
 * @param steps how devices step
 * @param trainable which parameters train
 * @param serving how the model is served
 * @param weights how weights travel to the devices that train
 */
public record ModelTask(
    Loss loss,
    LabelForm labels,
    List<String> classes,
    Preprocessing preprocessing,
    LocalSteps steps,
    Trainable trainable,
    Serving serving,
    WeightForm weights) {
  private static final int MAXIMUM_CLASSES = 100_000;
  private static final int PATTERN_CHARACTERS = 256;

  /**
   * Which parameters train: those of the last layers, or whose name a pattern is found in, or all.
   *
   * @param lastLayers at least 1
   * @param matching a regular expression
   */
  public record Trainable(Optional<Integer> lastLayers, Optional<String> matching) {

    /** All of them. */
    public static final Trainable ALL = new Trainable(Optional.empty(), Optional.empty());

    /** Checks both. */
    public Trainable {
      if (lastLayers.isPresent() && matching.isPresent()) {
        throw new IllegalArgumentException(
            "the last layers and a pattern are two ways to choose what trains; give one");
      }
      if (lastLayers.isPresent() && lastLayers.get() < 1) {
        throw new IllegalArgumentException("the last " + lastLayers.get() + " layers are none");
      }
      matching.ifPresent(Trainable::compile);
    }

    private static Pattern compile(String pattern) {
      if (pattern.length() > PATTERN_CHARACTERS) {
        throw new IllegalArgumentException(
            "the pattern has " + pattern.length() + " characters, allowed are 256");
      }
      try {
        return Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("the pattern is none: " + e.getDescription(), e);
      }
    }

    TrainableSelection selection() {
      if (lastLayers.isPresent()) {
        return new TrainableSelection.LastLayers(lastLayers.get());
      }
      return matching
          .<TrainableSelection>map(pattern -> new TrainableSelection.Matching(compile(pattern)))
          .orElse(new TrainableSelection.All());
    }
  }

  /**
   * How a model is served.
   *
   * @param form of its weights
   * @param minimumAgreement share of the calibration samples, 0 to 1, on which the served form has
   *     to answer as the float one does; a version below it is not released
   * @param selfTest what devices try a version on before it serves
   */
  public record Serving(ServingForm form, double minimumAgreement, SelfTest selfTest) {

    /** Loses 2 answers of 100 at most. */
    public static final double MINIMUM_AGREEMENT = 0.98;

    /** Checks the range. */
    public Serving {
      if (!(minimumAgreement >= 0 && minimumAgreement <= 1)) {
        throw new IllegalArgumentException(
            "minimum agreement is " + minimumAgreement + ", expected 0 to 1");
      }
    }
  }

  /**
   * How devices try a version.
   *
   * @param samples how many of the calibration samples go to every device as they are; inputs are
   *     drawn otherwise, so that nobody's data is in them
   * @param tolerance how far a device's answers may be from the coordinator's, in units of the
   *     largest magnitude that is expected of an output
   */
  public record SelfTest(int samples, double tolerance) {
    /** Drawn inputs, and room for what processors round. */
    public static final SelfTest DEFAULT = new SelfTest(0, ExpectedOutputs.DEFAULT_TOLERANCE);

    private static final double SMALLEST_TOLERANCE = 0.001;

    /** Checks the ranges. */
    public SelfTest {
      if (samples < 0 || samples > SampleFile.MAXIMUM_SAMPLES) {
        throw new IllegalArgumentException(
            "%d samples of the self-test, expected 0 to %d"
                .formatted(samples, SampleFile.MAXIMUM_SAMPLES));
      }
      if (!(tolerance >= SMALLEST_TOLERANCE && tolerance <= 1)) {
        throw new IllegalArgumentException(
            "the tolerance of the self-test is "
                + tolerance
                + ", expected "
                + SMALLEST_TOLERANCE
                + " to 1");
      }
    }
  }

  /** Checks and copies. */
  public ModelTask {
    classes = List.copyOf(classes);
    if (classes.size() > MAXIMUM_CLASSES) {
      throw new IllegalArgumentException(classes.size() + " classes, allowed are 100000");
    }
  }

  /** How the trainable graph is derived from the plain one. */
  public TrainingRecipe recipe() {
    return new TrainingRecipe(
        loss, labels, steps.localOptimizer(), steps.terms(), trainable.selection());
  }
}
