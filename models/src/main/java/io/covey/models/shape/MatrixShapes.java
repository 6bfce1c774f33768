package io.covey.models.shape;

import io.covey.models.graph.OperatorOptions.BatchMatMul;
import io.covey.models.graph.OperatorOptions.FullyConnected;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices, and rows of tables. */
final class MatrixShapes {

  private MatrixShapes() {}

  /** With weights {@code [out, in]}: {@code [..., in]} becomes {@code [..., out]}. */
  static List<KnownTensor> fullyConnected(ShapeScope scope) {
    List<Integer> shape = scope.shape(0);
    List<Integer> weights = scope.shape(1, 2);
    int inputs = weights.get(1);
    if (scope.options(FullyConnected.class).keepNumDims()) {
      int last = scope.axis(-1, 0);
      require(shape.get(last) == inputs, shape, weights);
      return List.of(KnownTensor.of(Shapes.with(shape, last, weights.get(0))));
    }
    int elements = scope.input(0).elements();
    require(inputs > 0 && elements % inputs == 0, shape, weights);
    return List.of(KnownTensor.of(List.of(elements / inputs, weights.get(0))));
  }

  static List<KnownTensor> batchMatMul(ShapeScope scope) {
    BatchMatMul options = scope.options(BatchMatMul.class);
    List<Integer> a = turned(scope.shape(0), options.adjointX());
    List<Integer> b = turned(scope.shape(1), options.adjointY());
    int rankA = a.size();
    int rankB = b.size();
    require(a.get(rankA - 1).equals(b.get(rankB - 2)), a, b);
    List<Integer> shape =
        new ArrayList<>(Shapes.broadcast(a.subList(0, rankA - 2), b.subList(0, rankB - 2)));
    shape.add(a.get(rankA - 2));
    shape.add(b.get(rankB - 1));
    return List.of(KnownTensor.of(shape));
  }

  /** A matrix's shape, or that of many, once turned over. */
  private static List<Integer> turned(List<Integer> shape, boolean isTurned) {
    List<Integer> turned = new ArrayList<>(shape);
    if (isTurned) {
      turned.add(turned.remove(turned.size() - 2));
    }
    return turned;
  }

  /** Of EMBEDDING_LOOKUP, which takes the numbers first. */
  static List<KnownTensor> lookup(ShapeScope scope) {
    List<Integer> table = scope.shape(1);
    List<Integer> shape = new ArrayList<>(scope.shape(0, 1));
    shape.addAll(table.subList(1, table.size()));
    return List.of(KnownTensor.of(shape));
  }

  private static void require(boolean fits, List<Integer> a, List<Integer> b) {
    if (!fits) {
      throw new IllegalArgumentException("shapes " + a + " and " + b + " have no product");
    }
  }
}
