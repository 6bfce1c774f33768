package io.covey.models.quantization;

import io.covey.models.data.FloatArray;
import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.EntryPoint;
import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a plain graph on examples, one after the other or as many at a time as the graph insists on,
 * and keeps the range of every float value in it. For that, a copy of the graph gives all of them
 * out. Memory does not grow with the number of examples.
 *
 * <p>Thread rule: any thread.
 */
public final class Calibrator {

  private static final String KEY = "calibrate";

  private Calibrator() {}

  /**
   * Measures.
   *
   * @param plain a float graph with one input
   * @param examples as the graph takes them, at least one; whole numbers as their values
   * @throws ModelException when the graph is refused, an example does not fit it, or a value is not
   *     finite
   */
  public static CalibrationRanges measure(ModelGraph plain, FloatArray examples) {
    Subgraph main = DeadOperators.removedFrom(plain.main());
    if (examples.rows() < 1 || main.inputs().size() != 1) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "calibration needs at least one example and a model with one input; there are "
              + examples.rows()
              + " and "
              + main.inputs().size());
    }
    List<Integer> watched = watched(main);
    Map<Integer, ValueRange> ranges = new HashMap<>();
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(watching(main, watched));
        InferenceSession session = model.openInference(KEY)) {
      TensorSpec input = session.signature().inputs().get(0);
      ExampleBatches batches = new ExampleBatches(input, examples);
      for (int i = 0; i < examples.rows(); i += batches.size()) {
        float[] values = batches.values(i);
        session
            .run(Map.of(input.name(), batches.tensor(values)))
            .forEach((name, tensor) -> merge(ranges, Integer.parseInt(name), tensor));
        if (input.type() == ElementType.FLOAT32) {
          ranges.merge(main.inputs().get(0), range(FloatBuffer.wrap(values)), ValueRange::with);
        }
      }
    }
    return new CalibrationRanges(ranges, examples.rows());
  }

  private static List<Integer> watched(Subgraph main) {
    Set<Integer> watched = new LinkedHashSet<>();
    for (GraphOperator operator : main.operators()) {
      for (int output : operator.outputs()) {
        if (main.tensor(output).type() == TensorType.FLOAT32) {
          watched.add(output);
        }
      }
    }
    return new ArrayList<>(watched);
  }

  private static byte[] watching(Subgraph main, List<Integer> watched) {
    Subgraph copy =
        new Subgraph(main.name(), main.tensors(), main.inputs(), watched, main.operators());
    EntryPoint entry =
        new EntryPoint(
            KEY,
            0,
            List.of(new NamedTensor("x", main.inputs().get(0))),
            watched.stream()
                .map(tensor -> new NamedTensor(Integer.toString(tensor), tensor))
                .toList());
    return new ModelGraph(List.of(copy), List.of(entry), "", List.of()).write();
  }

  private static void merge(Map<Integer, ValueRange> ranges, int tensor, Tensor values) {
    ranges.merge(tensor, range(values.bytes().asFloatBuffer()), ValueRange::with);
  }

  /** The range of some values; NaN makes it none. */
  static ValueRange range(FloatBuffer values) {
    float smallest = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < values.limit(); i++) {
      // Math.min and max pass NaN on, so that it is refused.
      smallest = Math.min(smallest, values.get(i));
      largest = Math.max(largest, values.get(i));
    }
    return new ValueRange(smallest, largest);
  }
}
