package io.covey.simulator.scenario;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.simulator.data.DataSplit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A fleet, what it shall do, and what goes wrong meanwhile.
 *
 * @param seed of everything that is random
 * @param agents devices of the fleet, 1 to {@value #MAXIMUM_AGENTS}
 * @param rounds that shall commit, 1 to {@value #MAXIMUM_ROUNDS}
 * @param heldOut fraction of the digits that the coordinator evaluates on
 * @param coordinatorRestarts numbers of the rounds during which the coordinator is killed and
 *     started again
 * @param limit of virtual time, after which the run ends whatever has been reached
 */
public record Scenario(
    long seed,
    int agents,
    int rounds,
    TrainingPlan plan,
    DataSplit split,
    double heldOut,
    Devices devices,
    Network network,
    List<Integer> coordinatorRestarts,
    Duration limit) {
  /** Every agent needs examples, and there are 1,797 of them. */
  public static final int MAXIMUM_AGENTS = 400;

  /** More would take hours. */
  public static final int MAXIMUM_ROUNDS = 1000;

  public Scenario {
    coordinatorRestarts = List.copyOf(coordinatorRestarts);
  }

  /** The same with another seed. */
  public Scenario withSeed(long otherSeed) {
    return new Scenario(
        otherSeed,
        agents,
        rounds,
        plan,
        split,
        heldOut,
        devices,
        network,
        coordinatorRestarts,
        limit);
  }

  /**
   * The devices.
   *
   * @param trainingPerExample how long one pass over one example takes; drawn once for each device
   * @param drops how devices fail within rounds
   * @param absence how devices come and go; empty when they always stay
   */
  public record Devices(
      DurationDistribution trainingPerExample, Drops drops, Optional<Absence> absence) {}

  /**
   * With which probability an invited device crashes at each step of a round. A crashed device
   * loses its connection and all that it had in memory, and starts again later.
   *
   * @param beforeTraining when the plan arrives
   * @param duringTraining at a random moment of its training
   * @param beforeReporting when it has trained and sent nothing yet
   * @param midUpload after some but not all chunks of its update
   * @param restart how long it is away
   */
  public record Drops(
      double beforeTraining,
      double duringTraining,
      double beforeReporting,
      double midUpload,
      DurationDistribution restart) {}

  /**
   * Devices whose network comes and goes while they run on: exponentially distributed periods.
   *
   * @param meanOnline above 0
   * @param meanOffline above 0
   */
  public record Absence(Duration meanOnline, Duration meanOffline) {}

  /**
   * The network between every client and the broker, each way.
   *
   * @param loss probability that a transmission is lost; at QoS 1 it is repeated after {@code
   *     retransmission}
   * @param duplication probability that a message is delivered twice
   * @param reordering probability that a message is held back by one more {@code delay}, so that
   *     later ones overtake it
   */
  public record Network(
      double loss, double duplication, double reordering, DurationDistribution delay) {}
}
