package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Lets a test on another thread wait for what a transport says. */
final class AwaitedListener implements MqttTransport.Listener {
  /** Long enough for the slowest machine; only a failing test waits for it. */
  private static final long SECONDS = 30;

  private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<InboundMessage> messages = new LinkedBlockingQueue<>();
  private final Consumer<InboundMessage> onMessage;

  /** Acknowledges every message. */
  AwaitedListener() {
    this(message -> message.acknowledge().run());
  }

  AwaitedListener(Consumer<InboundMessage> onMessage) {
    this.onMessage = onMessage;
  }

  @Override
  public void onConnected(boolean sessionPresent) {
    events.add("connected " + (sessionPresent ? "again" : "anew"));
  }

  @Override
  public void onDisconnected(String reason) {
    events.add("disconnected: " + reason);
  }

  @Override
  public void onMessage(InboundMessage message) {
    messages.add(message);
    onMessage.accept(message);
  }

  String awaitEvent() throws InterruptedException {
    String event = events.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(event).as("event of the transport").isNotNull();
    return event;
  }

  InboundMessage awaitMessage() throws InterruptedException {
    InboundMessage message = messages.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(message).as("message").isNotNull();
    return message;
  }

  List<String> awaitPayloads(int count) throws InterruptedException {
    List<String> payloads = new ArrayList<>();
    while (payloads.size() < count) {
      payloads.add(awaitMessage().payload().toStringUtf8());
    }
    return payloads;
  }
}
