package io.covey.simulator.fleet;

import com.google.protobuf.ByteString;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import io.covey.protocols.transport.TrafficCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an agent sees of a broker that an attacker owns: it can keep anything from the agent, say
 * anything to it, and say again whatever was said before. Everything that reached the real broker
 * is on the record.
 */
final class HostileBroker implements MqttTransport {
  private final MqttTransport transport;
  private final Recording recording;
  private Predicate<String> withheld = topic -> false;
  private @Nullable Listener listener;

  /** All that was ever retained, in order; for attackers who were there before. */
  static final class Recording {
    private final Map<String, List<ByteString>> said = new TreeMap<>();

    void observe(Publication publication) {
      said.computeIfAbsent(publication.topic(), topic -> new ArrayList<>())
          .add(publication.payload());
    }

    /** What was said on a topic, the oldest first. */
    List<ByteString> on(String topic) {
      return List.copyOf(said.getOrDefault(topic, List.of()));
    }

    /** What was said last on each topic that begins so. */
    Map<String, ByteString> lastBelow(String prefix) {
      Map<String, ByteString> last = new TreeMap<>();
      said.forEach(
          (topic, payloads) -> {
            if (topic.startsWith(prefix)) {
              last.put(topic, payloads.get(payloads.size() - 1));
            }
          });
      return last;
    }
  }

  HostileBroker(MqttTransport transport, Recording recording) {
    this.transport = transport;
    this.recording = recording;
  }

  Recording recording() {
    return recording;
  }

  /** From now on, what is on these topics does not reach the agent. */
  void withhold(Predicate<String> topics) {
    withheld = topics;
  }

  /** Says something to the agent, on any topic. */
  void say(String topic, ByteString payload) {
    if (listener == null) {
      throw new IllegalStateException("the agent has not connected");
    }
    listener.onMessage(new InboundMessage(topic, payload, false, () -> {}));
  }

  @Override
  public void open(Listener agent) {
    listener = agent;
    transport.open(
        new Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            agent.onConnected(sessionPresent);
          }

          @Override
          public void onDisconnected(String reason) {
            agent.onDisconnected(reason);
          }

          @Override
          public void onMessage(InboundMessage message) {
            if (withheld.test(message.topic())) {
              message.acknowledge().run();
            } else {
              agent.onMessage(message);
            }
          }
        });
  }

  @Override
  public void subscribe(String filter, QualityOfService qos) {
    transport.subscribe(filter, qos);
  }

  @Override
  public void unsubscribe(String filter) {
    transport.unsubscribe(filter);
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    return transport.publish(publication);
  }

  @Override
  public TrafficCounters counters() {
    return transport.counters();
  }

  @Override
  public void close() {
    transport.close();
  }
}
