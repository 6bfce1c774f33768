package io.covey.protocols.transport;

import java.util.ArrayList;
import java.util.List;

/** Writes down what a transport says, and acknowledges every message unless told not to. */
final class RecordingListener implements MqttTransport.Listener {
  final List<String> events = new ArrayList<>();
  final List<InboundMessage> messages = new ArrayList<>();
  boolean acknowledging = true;

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
    if (acknowledging) {
      message.acknowledge().run();
    }
  }

  List<String> payloads() {
    return messages.stream().map(m -> m.payload().toStringUtf8()).toList();
  }

  List<String> topics() {
    return messages.stream().map(InboundMessage::topic).toList();
  }
}
