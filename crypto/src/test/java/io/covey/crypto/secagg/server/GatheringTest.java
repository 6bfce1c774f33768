package io.covey.crypto.secagg.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final AgentId A = new AgentId("a");
  private static final AgentId B = new AgentId("b");
  private static final Supplier<Optional<DropReason>> NO_FAULT = Optional::empty;

  private final Gathering<String> gathering = new Gathering<>(Set.of(A, B));
  private final List<ServerEffect> effects = new ArrayList<>();

  @Test
  void nothingOfAStrangerIsHeld() {
    for (int i = 0; i < 1000; i++) {
      gathering.take(new AgentId("stranger-" + i), "m", NO_FAULT, effects);
    }
    assertThat(gathering.received()).isEmpty();
    assertThat(effects).isEmpty();
  }

  @Test
  void oneMessageOfEachIsHeldAndARepetitionIsNotCheckedAgain() {
    assertThat(gathering.take(A, "m", NO_FAULT, effects)).isTrue();
    Supplier<Optional<DropReason>> notAgain =
        () -> {
          throw new AssertionError("checked again");
        };
    assertThat(gathering.take(A, "m", notAgain, effects)).isFalse();
    assertThat(gathering.received()).hasSize(1);
    assertThat(effects).isEmpty();
  }

  @Test
  void whoContradictsItselfIsDroppedAndForgotten() {
    gathering.take(A, "m", NO_FAULT, effects);
    gathering.take(A, "other", NO_FAULT, effects);
    assertThat(effects).containsExactly(new ServerEffect.Drop(A, DropReason.CONFLICTING_MESSAGE));
    assertThat(gathering.received()).isEmpty();
    gathering.take(A, "m", NO_FAULT, effects);
    assertThat(gathering.received()).isEmpty();
  }

  @Test
  void whatSomebodyHasSentCountsWhenItIsLostThen() {
    gathering.take(A, "m", NO_FAULT, effects);
    boolean overByA =
        gathering.endsBy(new ServerEvent.AgentLost(A), ServerEvent.Stage.SHARE_KEYS, effects);
    assertThat(overByA).isFalse();
    boolean overByB =
        gathering.endsBy(new ServerEvent.AgentLost(B), ServerEvent.Stage.SHARE_KEYS, effects);
    assertThat(overByB).isTrue();
    assertThat(gathering.received()).containsOnlyKeys(A);
    assertThat(effects).containsExactly(new ServerEffect.Drop(B, DropReason.LOST));
  }
}
