package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.fleet.SilentMessenger;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class PacedMessagesTest {
  private final Broker broker = new Broker();
  private final PacedMessages messages = new PacedMessages(broker);
  private int made;

  @Test
  void noMoreThanTheWindowIsUnderWayAndNothingIsMadeBeforeItsTurn() {
    send(200);
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW);
    assertThat(made).isEqualTo(PacedMessages.WINDOW);
    broker.acknowledge(10);
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW + 10);
    broker.acknowledge(190);
    assertThat(broker.sent).hasSize(200);
  }

  @Test
  void theOrderIsKept() {
    send(150);
    broker.acknowledge(150);
    for (int i = 0; i < 150; i++) {
      assertThat(broker.sent.get(i)).isEqualTo(new AgentId("a" + i));
    }
  }

  @Test
  void severalMessagesToOneAgentKeepTheirOrderAndTheirPlace() {
    RoundMessage first = new RoundClosed(new RoundId("first"), false);
    RoundMessage second = new RoundClosed(new RoundId("second"), false);
    for (int i = 0; i < 50; i++) {
      messages.sendAll(new AgentId("a" + i), List.of(first, second));
    }
    messages.sendAll(new AgentId("nothing"), List.of());
    send(1);
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW);
    broker.acknowledge(101);
    assertThat(broker.messages).hasSize(101);
    for (int i = 0; i < 100; i++) {
      assertThat(broker.sent.get(i)).isEqualTo(new AgentId("a" + i / 2));
      assertThat(broker.messages.get(i)).isEqualTo(i % 2 == 0 ? first : second);
    }
    assertThat(broker.sent.get(100)).isEqualTo(new AgentId("a0"));
  }

  @Test
  void oneThatIsNotTakenFreesItsPlace() {
    send(PacedMessages.WINDOW + 1);
    broker.pending.remove(0).completeExceptionally(new IllegalStateException("the outbox is full"));
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW + 1);
  }

  @Test
  void nothingIsSentThatWaitedWhenTheRoundEnded() {
    send(100);
    messages.clear();
    broker.acknowledge(PacedMessages.WINDOW);
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW);
    send(1);
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW + 1);
  }

  @Test
  void aBrokerThatTakesEverythingAtOnceDoesNotExhaustTheStack() {
    broker.atOnce = true;
    send(100_000);
    assertThat(broker.sent).hasSize(100_000);
  }

  @Test
  void aMessageThatCannotBeMadeIsTheCallersAndHoldsUpNoOther() {
    assertThatThrownBy(
            () ->
                messages.send(
                    new AgentId("a"),
                    () -> {
                      throw new IllegalStateException("unmakeable");
                    }))
        .hasMessage("unmakeable");
    send(PacedMessages.WINDOW);
    assertThat(broker.sent).hasSize(PacedMessages.WINDOW);
  }

  private void send(int count) {
    for (int i = 0; i < count; i++) {
      messages.send(
          new AgentId("a" + i),
          () -> {
            made++;
            return new RoundClosed(new RoundId("r"), false);
          });
    }
  }

  /** Takes messages, and says so when a test wants it to. */
  private static final class Broker extends SilentMessenger {
    final List<AgentId> sent = new ArrayList<>();
    final List<RoundMessage> messages = new ArrayList<>();
    final List<CompletableFuture<Void>> pending = new ArrayList<>();
    boolean atOnce;

    void acknowledge(int count) {
      for (int i = 0; i < count && !pending.isEmpty(); i++) {
        pending.remove(0).complete(null);
      }
    }

    @Override
    public CompletionStage<Void> sendRound(AgentId agent, RoundMessage message) {
      sent.add(agent);
      messages.add(message);
      CompletableFuture<Void> taken = new CompletableFuture<>();
      if (atOnce) {
        taken.complete(null);
      } else {
        pending.add(taken);
      }
      return taken;
    }
  }
}
