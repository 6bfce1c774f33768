package io.covey.models.training.channelfirst;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.Subgraph;
import io.covey.models.training.gradient.WindowGeometry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the convolutions of a plain graph that pay off as matrix products. */
public final class ConvolutionSearch {

  /**
   * How large the gathered elements of one example may be. They are kept until the backward pass,
   * for each example of the batch.
   */
  private static final long LARGEST_COLUMNS_BYTES = 512 << 10;

  private final Subgraph plain;
  private final int[] readers;

  /** In {@code plain}, whose shapes are known. */
  public ConvolutionSearch(Subgraph plain) {
    this.plain = plain;
    this.readers = new int[plain.tensors().size()];
    for (GraphOperator operator : plain.operators()) {
      operator.inputs().stream().filter(tensor -> tensor >= 0).forEach(tensor -> readers[tensor]++);
    }
    plain.outputs().forEach(tensor -> readers[tensor]++);
  }

  /**
   * A convolution.
   *
   * @param image the plain tensor that it takes
   * @param result the plain tensor that it gives, or the pool behind it
   * @param isPooled whether the next operator is a pool of two by two that alone reads it
   */
  public record Found(
      int image, int result, Conv2D options, WindowGeometry geometry, boolean isPooled) {

    /** Whether each pixel is taken for itself. */
    public boolean isPointwise() {
      return geometry.window().isOne() && geometry.stride().isOne();
    }
  }

  /** The convolution at {@code index}, or null when it is none or would not pay off. */
  public @Nullable Found at(int index) {
    GraphOperator operator = plain.operators().get(index);
    if (operator.code() != Builtin.CONV_2D
        || operator.inputs().size() < 3
        || !(operator.options() instanceof Conv2D options)) {
      return null;
    }
    int image = operator.inputs().get(0);
    List<Integer> shape = plain.tensor(image).shape();
    GraphTensor filter = plain.tensor(operator.inputs().get(1));
    int result = operator.outputs().get(0);
    boolean isKnown = shape.size() == 4 && !shape.subList(1, 4).contains(GraphTensor.ANY);
    boolean hasGroups = !isKnown || !shape.get(3).equals(filter.shape().get(3));
    if (hasGroups || !options.dilation().isOne() || !Convolution.takes(options.activation())) {
      return null;
    }
    WindowGeometry geometry =
        WindowGeometry.of(
            shape,
            new Extent(filter.shape().get(1), filter.shape().get(2)),
            plain.tensor(result).shape(),
            new WindowGeometry.Steps(options.padding(), options.stride(), options.dilation()));
    Found alone = new Found(image, result, options, geometry, /* isPooled= */ false);
    if (alone.isPointwise()) {
      return alone;
    }
    if (columnsBytes(geometry, shape.get(3)) > LARGEST_COLUMNS_BYTES) {
      return null;
    }
    boolean isPooled = isPooled(index, result, geometry.positions());
    int given = isPooled ? plain.operators().get(index + 1).outputs().get(0) : result;
    return new Found(image, given, options, geometry, isPooled);
  }

  private static long columnsBytes(WindowGeometry geometry, int channels) {
    return (long) geometry.window().height()
        * geometry.window().width()
        * channels
        * geometry.positions().height()
        * geometry.positions().width()
        * Float.BYTES;
  }

  private boolean isPooled(int index, int result, Extent positions) {
    if (index + 1 >= plain.operators().size() || readers[result] != 1) {
      return false;
    }
    GraphOperator next = plain.operators().get(index + 1);
    Extent two = new Extent(2, 2);
    return next.code() == Builtin.MAX_POOL_2D
        && next.inputs().get(0) == result
        && next.options() instanceof Pool2D pool
        && pool.window().equals(two)
        && pool.stride().equals(two)
        && pool.activation() == Activation.NONE
        && positions.height() % 2 == 0
        && positions.width() % 2 == 0;
  }
}
