package io.covey.coordinator.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.delivery.DeliverySettings.Mode;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockDeskTest {
  private static final AgentId A = new AgentId("a");
  private static final AgentId B = new AgentId("b");
  private static final int BYTES = 1000;
  private static final Duration GATHERING = Duration.ofMillis(100);
  private static final ArtifactReference ARTIFACT =
      new ArtifactReference(Role.SERVING, Sha256.of(new byte[] {1}), 500L * BYTES, BYTES);

  private Instant now = Instant.EPOCH;

  private static Block block(int index) {
    return new Block(new ModelName("m"), ARTIFACT, index);
  }

  private BlockDesk desk(long rate, long agentRate) {
    return new BlockDesk(new DeliverySettings(Mode.ON_REQUEST, rate, agentRate, GATHERING), now);
  }

  private void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** All that goes out at this moment. */
  private List<Integer> out(BlockDesk desk) {
    List<Integer> out = new ArrayList<>();
    Optional<Block> next = desk.next(now);
    while (next.isPresent()) {
      out.add(next.get().index());
      next = desk.next(now);
    }
    return out;
  }

  @Test
  void requestsOfOneBlockWithinTheTimeAreAnsweredOnce() {
    BlockDesk desk = desk(0, 0);
    assertThat(desk.want(A, block(3), now)).isTrue();
    pass(GATHERING.dividedBy(2));
    assertThat(desk.want(B, block(3), now)).isTrue();
    assertThat(out(desk)).isEmpty();
    assertThat(desk.delay(now)).contains(GATHERING.dividedBy(2));
    pass(GATHERING.dividedBy(2));
    assertThat(out(desk)).containsExactly(3);
    assertThat(desk.size()).isZero();
    assertThat(desk.delay(now)).isEmpty();
  }

  @Test
  void whoAsksAfterwardsIsAnsweredTooUnlessItHasHadTheBlockMeanwhile() {
    BlockDesk desk = desk(0, 0);
    desk.want(A, block(3), now);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(3);
    desk.want(B, block(3), now);
    desk.want(B, block(4), now);
    pass(GATHERING);
    assertThat(out(desk)).as("block 3 may be on its way to B").containsExactly(4);
    pass(GATHERING.multipliedBy(4));
    assertThat(out(desk)).containsExactly(3);

    desk.want(B, block(3), now);
    desk.want(B, block(5), now);
    desk.want(A, block(5), now);
    desk.keepOnly(B, ARTIFACT.digest(), Set.of(), now);
    pass(GATHERING.multipliedBy(10));
    assertThat(out(desk)).as("A still waits").containsExactly(5);
    assertThat(desk.size()).isZero();
  }

  @Test
  void agentsTakeTurns() {
    BlockDesk desk = desk(0, 0);
    for (int i = 0; i < 3; i++) {
      desk.want(A, block(i), now);
    }
    desk.want(B, block(10), now);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(0, 10, 1, 2);
  }

  @Test
  void theRateOfAllIsKept() {
    BlockDesk desk = desk(2 * BYTES, 0);
    for (int i = 0; i < 5; i++) {
      desk.want(A, block(i), now);
    }
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(0, 1);
    Duration wait = desk.delay(now).orElseThrow();
    assertThat(wait).isBetween(Duration.ofMillis(400), Duration.ofMillis(501));
    pass(wait);
    assertThat(out(desk)).containsExactly(2);
    pass(Duration.ofSeconds(10));
    assertThat(out(desk)).as("no more than a second's worth at once").containsExactly(3, 4);
  }

  @Test
  void oneAgentThatAsksForMuchDoesNotHoldUpAnother() {
    BlockDesk desk = desk(0, BYTES);
    for (int i = 0; i < 5; i++) {
      desk.want(A, block(i), now);
    }
    desk.want(B, block(10), now);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(0, 10);
    pass(Duration.ofSeconds(1));
    assertThat(out(desk)).containsExactly(1);
  }

  @Test
  void anAgentCannotHaveTheDeskRememberWithoutEnd() {
    BlockDesk desk = desk(0, 0);
    for (int i = 0; i < BlockDesk.BLOCKS_OF_AGENT; i++) {
      assertThat(desk.want(A, block(i), now)).isTrue();
    }
    assertThat(desk.want(A, block(BlockDesk.BLOCKS_OF_AGENT), now)).isFalse();
    assertThat(desk.want(A, block(0), now)).isTrue();
    assertThat(desk.want(B, block(BlockDesk.BLOCKS_OF_AGENT), now)).isTrue();
    assertThat(desk.size()).isEqualTo(BlockDesk.BLOCKS_OF_AGENT + 1);
  }

  @Test
  void whatIsNoLongerOfferedGoesOutNoMore() {
    BlockDesk desk = desk(0, 0);
    desk.want(A, block(0), now);
    desk.want(B, block(1), now);
    desk.withdraw(block -> block.index() == 0);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(1);
  }

  @Test
  void aBlockIsHeldForAsLongAsThoseWhoHaveItTakeToSaySo() {
    BlockDesk desk = desk(0, 0);
    desk.want(A, block(3), now);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(3);
    pass(Duration.ofSeconds(1));
    // What crossed the answer says nothing; what comes after it says that it has come.
    desk.keepOnly(A, ARTIFACT.digest(), Set.of(block(3)), now);
    pass(Duration.ofSeconds(1));
    desk.keepOnly(A, ARTIFACT.digest(), Set.of(), now);

    desk.want(A, block(5), now);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(5);
    desk.want(B, block(5), now);
    // Two seconds, and four times half of that for its variation.
    pass(Duration.ofMillis(5999));
    assertThat(out(desk)).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(out(desk)).containsExactly(5);
  }

  @Test
  void anAgentThatIsLateWithEverythingDoesNotHoldBlocksForLong() {
    BlockDesk desk = desk(0, 0);
    for (int i = 0; i < 50; i++) {
      desk.want(A, block(i), now);
      pass(GATHERING);
      assertThat(out(desk)).containsExactly(i);
      pass(Duration.ofHours(1));
      desk.keepOnly(A, ARTIFACT.digest(), Set.of(), now);
    }
    desk.want(A, block(100), now);
    pass(GATHERING);
    assertThat(out(desk)).containsExactly(100);
    desk.want(B, block(100), now);
    pass(GATHERING.multipliedBy(100));
    assertThat(out(desk)).containsExactly(100);
  }

  @Test
  void whatIsLookedAtGrowsWithWhatChangesNotWithWhatWaits() {
    BlockDesk desk = desk(0, 1);
    int agents = 200;
    for (int agent = 0; agent < agents; agent++) {
      for (int i = 0; i < 100; i++) {
        desk.want(new AgentId("agent-" + agent), block(i), now);
      }
    }
    pass(GATHERING);
    List<Integer> all = out(desk);
    assertThat(all).hasSize(100);
    for (int agent = 0; agent < agents; agent++) {
      for (int i = 100; i < 200; i++) {
        desk.want(new AgentId("agent-" + agent), block(i), now);
      }
    }
    pass(GATHERING);
    // Half of the agents are over their rate; the others' turns are not looked for among them.
    assertThat(out(desk)).hasSize(100);
    long before = desk.steps();
    for (int i = 0; i < 1000; i++) {
      desk.want(A, block(300), now);
      desk.delay(now);
      assertThat(desk.next(now)).isEmpty();
    }
    assertThat(desk.steps() - before).isLessThan(10);
    assertThat(before).isLessThan(200L * agents + 4L * agents + 400);
  }
}
