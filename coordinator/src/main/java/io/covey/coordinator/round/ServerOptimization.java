package io.covey.coordinator.round;

/**
 * Which server optimizer folds a round's mean update into the model, and its constants.
 *
 * <p>Reddi et al., Adaptive Federated Optimization, ICLR 2021, algorithm 2.
 *
 * @param learningRate of the server, eta
 * @param momentum beta of FedAvgM; beta 1 of FedAdam and FedYogi
 * @param secondMoment beta 2 of FedAdam and FedYogi
 * @param adaptivity tau of FedAdam and FedYogi
 */
public record ServerOptimization(
    Algorithm algorithm, float learningRate, float momentum, float secondMoment, float adaptivity) {

  /** The server optimizers. */
  public enum Algorithm {
    FED_AVG,
    FED_AVG_M,
    FED_ADAM,
    FED_YOGI
  }

  public ServerOptimization {
    check("learningRate", learningRate, Float.MIN_VALUE, 1000);
    check("momentum", momentum, 0, Math.nextDown(1f));
    check("secondMoment", secondMoment, 0, Math.nextDown(1f));
    check("adaptivity", adaptivity, Float.MIN_VALUE, 1000);
  }

  /** The plain mean: learning rate 1, no state. */
  public static ServerOptimization fedAvg() {
    return of(Algorithm.FED_AVG);
  }

  /** The algorithm with the constants that its paper found to work. */
  public static ServerOptimization of(Algorithm algorithm) {
    return switch (algorithm) {
      case FED_AVG -> new ServerOptimization(algorithm, 1f, 0f, 0f, 1e-3f);
      case FED_AVG_M -> new ServerOptimization(algorithm, 1f, 0.9f, 0f, 1e-3f);
      case FED_ADAM, FED_YOGI -> new ServerOptimization(algorithm, 0.01f, 0.9f, 0.99f, 1e-3f);
    };
  }

  private static void check(String what, double value, double minimum, double maximum) {
    if (!(value >= minimum && value <= maximum)) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }
}
