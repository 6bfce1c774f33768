package io.covey.coordinator.round;

/**
 * Folds the mean update of a round into the model: the server's half of federated optimization.
 *
 * <p>Reddi et al., Adaptive Federated Optimization, ICLR 2021, algorithm 2, with the mean update as
 * pseudo-gradient. Pure: the state goes in and comes out, so that it can be stored beside the
 * version that it belongs to. The participant's half (FedProx's proximal term) is in the agent's
 * local trainer.
 */
public interface ServerOptimizer {

  /** Entries of state for a model of {@code parameterCount} entries; 0 when there is none. */
  int stateSize(int parameterCount);

  /**
   * Moves {@code weights} by {@code meanUpdate}, in place.
   *
   * @param weights d entries
   * @param meanUpdate d entries: mean of (trained - base) over the participants; not changed
   * @param state {@link #stateSize} entries, all zero before the first round; updated in place
   */
  void apply(float[] weights, float[] meanUpdate, float[] state);

  /** The optimizer that {@code optimization} describes. */
  static ServerOptimizer of(ServerOptimization optimization) {
    return switch (optimization.algorithm()) {
      case FED_AVG -> new FedAvg(optimization.learningRate());
      case FED_AVG_M -> new FedAvgM(optimization.learningRate(), optimization.momentum());
      case FED_ADAM -> new FedAdaptive(optimization, SecondMoment.ADAM);
      case FED_YOGI -> new FedAdaptive(optimization, SecondMoment.YOGI);
    };
  }
}
