package io.covey.models.samples;

import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a model has to answer to sample inputs, and how far other answers may be from it. Processors
 * round in different places, so that the same file gives a little different numbers on each.
 *
 * <p>The difference of two numbers counts in units of the largest magnitude that is expected of
 * their output on any sample: outputs may be probabilities, logits or thousands of kilometres. For
 * quantized outputs (int8, uint8, int16) the unit is the span of the type. Whole numbers of 32 and
 * 64 bits and bools are answers such as classes, which a rounding flips where two are close: more
 * than half of them have to be the same.
 */
public final class ExpectedOutputs {
  /**
   * What is allowed when nobody says otherwise, in the units above: more than twice what int8
   * kernels were seen to differ by, and a tenth of what two models do. ADR 28 has the measurements.
   */
  public static final double DEFAULT_TOLERANCE = 0.05;

  /** Below this, an output of nothing but zeros may be rounded. */
  private static final double SMALLEST_UNIT = 1e-6;

  private final List<NamedTensors> samples;
  private final Map<String, Double> units = new HashMap<>();

  /**
   * @param samples one for each run, each with the same outputs
   */
  public ExpectedOutputs(List<NamedTensors> samples) {
    this.samples = List.copyOf(samples);
    for (NamedTensors sample : this.samples) {
      sample.tensors().forEach((name, tensor) -> units.merge(name, unit(tensor), Math::max));
    }
  }

  public List<NamedTensors> samples() {
    return samples;
  }

  /** By what factor of its unit an output of float or quantized type differs most; NaN is most. */
  public double largestDifference(List<NamedTensors> answers) {
    double largest = 0;
    for (int i = 0; i < samples.size(); i++) {
      for (Map.Entry<String, Tensor> output : samples.get(i).tensors().entrySet()) {
        Tensor expected = output.getValue();
        Tensor got = answers.get(i).tensors().get(output.getKey());
        if (got == null || !isAlike(expected, got)) {
          return Double.POSITIVE_INFINITY;
        }
        for (int at = 0; at < expected.elements() && !isDiscrete(expected.type()); at++) {
          double difference = Math.abs(got.doubleAt(at) - expected.doubleAt(at));
          double relative = difference / unitOf(output.getKey());
          largest = Math.max(largest, Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative);
        }
      }
    }
    return largest;
  }

  /**
   * What is wrong with these answers.
   *
   * @param answers of as many runs, in the same order
   * @param tolerance 0 or more
   * @return the first wrong value in words; empty when the answers are right
   */
  public Optional<String> objection(List<NamedTensors> answers, double tolerance) {
    if (answers.size() != samples.size()) {
      return Optional.of(
          "answers to %d samples, expected are %d".formatted(answers.size(), samples.size()));
    }
    Map<String, Tally> discrete = new TreeMap<>();
    for (int i = 0; i < samples.size(); i++) {
      Optional<String> objection = objection(i, answers.get(i), tolerance, discrete);
      if (objection.isPresent()) {
        return objection;
      }
    }
    return discrete.entrySet().stream()
        .filter(entry -> 2 * entry.getValue().same <= entry.getValue().all)
        .map(
            entry ->
                "output '%s': %d of %d values are as expected"
                    .formatted(entry.getKey(), entry.getValue().same, entry.getValue().all))
        .findFirst();
  }

  private Optional<String> objection(
      int sample, NamedTensors answer, double tolerance, Map<String, Tally> discrete) {
    Map<String, Tensor> expected = samples.get(sample).tensors();
    if (!expected.keySet().equals(answer.tensors().keySet())) {
      return Optional.of(
          "sample %d: outputs %s, expected %s"
              .formatted(sample, answer.tensors().keySet(), expected.keySet()));
    }
    for (Map.Entry<String, Tensor> output : expected.entrySet()) {
      String name = output.getKey();
      Tensor got = answer.tensors().get(name);
      if (got == null || !isAlike(output.getValue(), got)) {
        return Optional.of(
            "sample %d: output '%s' is %s, expected %s"
                .formatted(sample, name, got, output.getValue()));
      }
      if (isDiscrete(got.type())) {
        discrete.computeIfAbsent(name, any -> new Tally()).add(output.getValue(), got);
      } else {
        Optional<String> wrong =
            wrongValue(output.getValue(), got, tolerance * unitOf(name))
                .map(value -> "sample %d, output '%s': %s".formatted(sample, name, value));
        if (wrong.isPresent()) {
          return wrong;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> wrongValue(Tensor expected, Tensor got, double allowed) {
    for (int i = 0; i < expected.elements(); i++) {
      double wanted = expected.doubleAt(i);
      double value = got.doubleAt(i);
      // Written so that NaN is wrong; nothing is near to an infinite value.
      if (!(Math.abs(value - wanted) <= allowed) || !Double.isFinite(wanted)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "value %d is %.6g, expected %.6g and at most %.3g away",
                i,
                value,
                wanted,
                allowed));
      }
    }
    return Optional.empty();
  }

  private static boolean isAlike(Tensor expected, Tensor got) {
    return expected.type() == got.type() && expected.shape().equals(got.shape());
  }

  private static boolean isDiscrete(ElementType type) {
    return switch (type) {
      case INT32, INT64, BOOL -> true;
      case FLOAT32, FLOAT64, INT8, UINT8, INT16 -> false;
    };
  }

  private double unitOf(String output) {
    return units.getOrDefault(output, SMALLEST_UNIT);
  }

  private static double unit(Tensor tensor) {
    return switch (tensor.type()) {
      case INT8, UINT8 -> (1 << 8) - 1;
      case INT16 -> (1 << 16) - 1;
      case FLOAT32, FLOAT64 -> largestMagnitude(tensor);
      case INT32, INT64, BOOL -> 1;
    };
  }

  private static double largestMagnitude(Tensor tensor) {
    double largest = SMALLEST_UNIT;
    for (int i = 0; i < tensor.elements(); i++) {
      largest = Math.max(largest, Math.abs(tensor.doubleAt(i)));
    }
    return largest;
  }

  private static final class Tally {
    private int same;
    private int all;

    void add(Tensor expected, Tensor got) {
      for (int i = 0; i < expected.elements(); i++) {
        same += expected.longAt(i) == got.longAt(i) ? 1 : 0;
        all++;
      }
    }
  }
}
