package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Virtual time stands for an owner that is busy until the test lets it run. */
final class PahoInboundTest {
  private static final int MESSAGE_BYTES = 1000;

  private final VirtualTime owner = new VirtualTime(Instant.EPOCH);
  private final List<String> log = new ArrayList<>();
  private final List<InboundMessage> messages = new ArrayList<>();
  private boolean alive = true;
  private final PahoInbound inbound =
      new PahoInbound(owner, new RecordingEvents(), new RecordingLink(), MESSAGE_BYTES);

  @Test
  void floodAtQosZeroIsDroppedBeyondTheBound() {
    for (int i = 0; i < 10_000; i++) {
      inbound.arrived("a", message(0, MESSAGE_BYTES));
    }
    owner.runFor(Duration.ZERO);
    assertThat(messages).hasSize(2 * PahoInbound.RECEIVE_MAXIMUM);
    assertThat(log).isEmpty();
    inbound.arrived("a", message(0, 1));
    owner.runFor(Duration.ZERO);
    assertThat(messages).hasSize(2 * PahoInbound.RECEIVE_MAXIMUM + 1);
  }

  @Test
  void floodOfEmptyMessagesIsBoundedToo() {
    for (int i = 0; i < 10_000; i++) {
      inbound.arrived("a", message(0, 0));
    }
    owner.runFor(Duration.ZERO);
    assertThat(messages).hasSizeLessThan(1000);
  }

  @Test
  void brokerThatIgnoresTheReceiveMaximumIsLeft() {
    for (int i = 0; i < 2 * PahoInbound.RECEIVE_MAXIMUM; i++) {
      inbound.arrived("a", message(1, MESSAGE_BYTES));
    }
    assertThat(log).isEmpty();
    inbound.arrived("a", message(1, MESSAGE_BYTES));
    assertThat(log).containsExactly("lose");
  }

  @Test
  void acknowledgementIsSentOnceAndOnlyWhileTheConnectionStands() {
    inbound.arrived("a", message(1, 1));
    inbound.arrived("a", message(1, 1));
    inbound.arrived("a", message(0, 1));
    owner.runFor(Duration.ZERO);
    messages.get(0).acknowledge().run();
    messages.get(0).acknowledge().run();
    messages.get(2).acknowledge().run();
    assertThat(log).containsExactly("acknowledge 7");
    alive = false;
    messages.get(1).acknowledge().run();
    assertThat(log).containsExactly("acknowledge 7");
  }

  @Test
  void messagesOfADeadConnectionDoNotReachTheOwner() {
    inbound.arrived("a", message(1, 1));
    alive = false;
    owner.runFor(Duration.ZERO);
    assertThat(messages).isEmpty();
  }

  private static MqttMessage message(int qos, int size) {
    MqttMessage message = new MqttMessage(new byte[size]);
    message.setQos(qos);
    message.setId(7);
    return message;
  }

  private final class RecordingLink implements PahoInbound.Link {
    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public void acknowledge(int packetId) {
      log.add("acknowledge " + packetId);
    }

    @Override
    public void lose(String reason) {
      log.add("lose");
    }
  }

  private final class RecordingEvents implements BrokerConnection.Events {
    @Override
    public void onAccepted(BrokerConnection connection, boolean sessionPresent) {}

    @Override
    public void onMessage(InboundMessage message) {
      messages.add(message);
    }

    @Override
    public void onPublished(
        BrokerConnection connection, PendingPublication publication, @Nullable String refusal) {}

    @Override
    public void onLost(BrokerConnection connection, String reason) {}
  }
}
