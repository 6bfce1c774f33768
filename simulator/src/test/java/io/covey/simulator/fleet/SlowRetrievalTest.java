package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.ModelName;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Slow retrieval (TUF 1.0, section 1.5.2), by somebody who owns the broker: an update comes so
 * slowly that it never seems to stop and never arrives. The agent serves version 1 when it begins.
 */
class SlowRetrievalTest {
  /** More than a timestamp holds for, at one an hour. */
  private static final int BLOCKS = 30;

  private static final Duration HOUR = Duration.ofHours(1);

  private final ReleasedFleet fleet = new ReleasedFleet();

  @BeforeEach
  void serveTheFirstVersion() {
    fleet.register();
    fleet.startAgent();
    assertThat(fleet.served()).contains(1);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private Trickle oneAnHour() {
    return new Trickle(fleet, ReleasedFleet.MODEL, HOUR, wait -> wait);
  }

  /** It says so after ten minutes, and how far it is from then on. */
  private void requireSlow(int fewest, int most) {
    assertThat(fleet.served()).contains(1);
    String detail = fleet.withheldBecause();
    assertThat(detail).startsWith("slow: ").contains(" of %d blocks are here".formatted(BLOCKS));
    assertThat(Integer.parseInt(detail.split(" ", 3)[1])).isBetween(fewest, most);
  }

  private void requireAnotherModel() {
    ModelName other = new ModelName("faces");
    fleet.register(other);
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.served(other)).contains(1);
  }

  @Test
  void ofABlockAnHourTheAgentSaysHowFarItIsAndServesOnAndRecovers() {
    Trickle trickle = oneAnHour();
    fleet.nextVersionOfBlocks(BLOCKS);
    fleet.run(Duration.ofMinutes(11));
    requireSlow(0, 0);
    assertThat(fleet.withheldBecause()).contains("none has come");
    requireAnotherModel();

    fleet.run(HOUR.multipliedBy(5));
    requireSlow(4, 5);
    assertThat(fleet.withheldBecause()).matches(".*the last came [1-5]?[0-9] min ago");
    assertThat(trickle.drops()).isEqualTo(5);

    trickle.end();
    fleet.run(Duration.ofMinutes(5));
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  /** Each block comes before the agent gives it up, and each a little later than the last one. */
  @Test
  void ofBlocksJustBeforeTheirTimeOutsTheAgentSaysHowFarItIsAndServesOn() {
    Duration longest = Duration.ofSeconds(55);
    Trickle trickle =
        new Trickle(
            fleet,
            ReleasedFleet.MODEL,
            Duration.ofSeconds(9),
            wait -> {
              Duration later = wait.plusSeconds(3);
              return later.compareTo(longest) < 0 ? later : longest;
            });
    fleet.nextVersionOfBlocks(BLOCKS);
    fleet.run(Duration.ofMinutes(10));
    requireSlow(10, BLOCKS - 10);
    requireAnotherModel();

    fleet.run(Duration.ofMinutes(20));
    assertThat(trickle.drops()).isGreaterThanOrEqualTo(BLOCKS);
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.withheldBecause()).isEmpty();
  }

  @Test
  void whatHasTakenLongerThanATimestampHoldsIsNotTakenWithoutANewOne() {
    Trickle trickle = oneAnHour();
    fleet.nextVersionOfBlocks(BLOCKS);
    trickle.withhold(ReleasedFleet::isTrust);
    fleet.run(HOUR.multipliedBy(20));
    requireSlow(19, 20);
    fleet.run(HOUR.multipliedBy(12));
    assertThat(trickle.drops()).isEqualTo(BLOCKS);
    assertThat(fleet.served()).contains(1);
    assertThat(fleet.withheldBecause()).contains("not released: EXPIRED").contains("timestamp");

    trickle.end();
    fleet.run(HOUR.multipliedBy(7));
    assertThat(fleet.served()).contains(2);
    assertThat(fleet.withheldBecause()).isEmpty();
  }
}
