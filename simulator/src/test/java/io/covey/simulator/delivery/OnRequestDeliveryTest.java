package io.covey.simulator.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.simulator.delivery.OnRequestFleet.Device;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Why blocks came twice where the coordinator is asked for them: requests cross answers, and who
 * has a block is still subscribed to it when it goes out for somebody else.
 */
class OnRequestDeliveryTest {
  private static final Duration LONG = Duration.ofMinutes(30);

  private static void assertAllFetched(OnRequestFleet fleet) {
    assertThat(fleet.devices()).allMatch(device -> device.fetched);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agentsThatAreFarAwayShareAnswersAndHaveFewBlocksTwice(long seed) {
    OnRequestFleet fleet = new OnRequestFleet(seed, 120);
    for (int i = 0; i < 20; i++) {
      fleet.add(Duration.ofMillis(20), Duration.ofMillis(600));
    }
    fleet.fetchAll(LONG);
    assertAllFetched(fleet);
    assertThat(fleet.repeated()).as("on average, seed %d", seed).isLessThan(0.08);
    assertThat(fleet.worstRepeated()).as("at worst, seed %d", seed).isLessThan(0.15);
    assertThat(fleet.answered()).as("sent, seed %d", seed).isLessThan(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agentsThatComeOneAfterTheOtherDoNotCostThoseBeforeThem(long seed) {
    OnRequestFleet fleet = new OnRequestFleet(seed, 120);
    for (int i = 0; i < 20; i++) {
      boolean near = i % 3 == 0;
      fleet.add(Duration.ofMillis(near ? 10 : 200), Duration.ofMillis(near ? 60 : 900));
      fleet.time.runFor(Duration.ofMillis(300));
    }
    fleet.fetchAll(LONG);
    assertAllFetched(fleet);
    assertThat(fleet.repeated()).as("on average, seed %d", seed).isLessThan(0.1);
    assertThat(fleet.worstRepeated()).as("at worst, seed %d", seed).isLessThan(0.25);
  }

  @Test
  void withoutDelaysEachBlockGoesOutOnceForAll() {
    OnRequestFleet fleet = new OnRequestFleet(1, 120);
    for (int i = 0; i < 20; i++) {
      fleet.add(Duration.ofMillis(5), Duration.ofMillis(5));
    }
    fleet.fetchAll(LONG);
    assertAllFetched(fleet);
    assertThat(fleet.repeated()).isZero();
    assertThat(fleet.answered()).isEqualTo(1);
  }

  @Test
  void anAgentThatIsVeryFarAwayDoesNotHoldUpTheOthers() {
    Instant alone = lastOfNear(new OnRequestFleet(1, 120), 0);
    Instant besideFar = lastOfNear(new OnRequestFleet(1, 120), 3);
    assertThat(besideFar).isBefore(alone.plus(Duration.ofSeconds(5)));
  }

  /** When the last of ten agents nearby has the file, whatever becomes of others that are not. */
  private static Instant lastOfNear(OnRequestFleet fleet, int far) {
    for (int i = 0; i < far; i++) {
      fleet.add(Duration.ofSeconds(2), Duration.ofSeconds(6));
    }
    for (int i = 0; i < 10; i++) {
      fleet.add(Duration.ofMillis(10), Duration.ofMillis(60));
    }
    List<Device> near = fleet.devices().subList(far, far + 10);
    fleet.time.runUntil(() -> near.stream().allMatch(device -> device.fetched), LONG);
    assertThat(near).allMatch(device -> device.fetched);
    return fleet.time.now();
  }
}
