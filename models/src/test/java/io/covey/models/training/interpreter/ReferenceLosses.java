package io.covey.models.training.interpreter;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import java.util.List;

/** Losses as their definitions have them. Outputs and labels are {@code [n, values]}. */
final class ReferenceLosses {

  private ReferenceLosses() {}

  /** Whether the graph ends in SOFTMAX or LOGISTIC. */
  static boolean isProbability(RandomGraph graph) {
    List<GraphOperator> operators = graph.sketch().operators();
    Builtin last = operators.get(operators.size() - 1).code();
    return last == Builtin.SOFTMAX || last == Builtin.LOGISTIC;
  }

  static double ofProbabilities(Array64 p, Array64 y) {
    double sum = 0;
    for (int i = 0; i < p.elements(); i++) {
      sum -= y.get(i) == 0 ? 0 : y.get(i) * Math.log(p.get(i));
    }
    return sum / p.size(0);
  }

  static double ofLogits(Array64 z, Array64 y) {
    double sum = 0;
    for (int row = 0; row < z.size(0); row++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < z.size(1); i++) {
        largest = Math.max(largest, z.at(row, i));
      }
      double total = 0;
      for (int i = 0; i < z.size(1); i++) {
        total += Math.exp(z.at(row, i) - largest);
      }
      for (int i = 0; i < z.size(1); i++) {
        sum -= y.at(row, i) * (z.at(row, i) - largest - Math.log(total));
      }
    }
    return sum / z.size(0);
  }

  static double ofShares(Array64 p, Array64 y) {
    double sum = 0;
    for (int i = 0; i < p.elements(); i++) {
      sum -= y.get(i) == 0 ? Math.log1p(-p.get(i)) : Math.log(p.get(i));
    }
    return sum / p.elements();
  }

  static double ofScores(Array64 z, Array64 y) {
    double sum = 0;
    for (int i = 0; i < z.elements(); i++) {
      double score = z.get(i);
      sum += Math.max(score, 0) - score * y.get(i) + Math.log1p(Math.exp(-Math.abs(score)));
    }
    return sum / z.elements();
  }

  static double huber(Array64 output, Array64 y) {
    double sum = 0;
    for (int i = 0; i < output.elements(); i++) {
      double error = Math.abs(output.get(i) - y.get(i));
      sum += error <= 1 ? error * error / 2 : error - 0.5;
    }
    return sum / output.elements();
  }
}
