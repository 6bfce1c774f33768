package io.covey.simulator.fleet;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.transport.InboundMessage;
import io.covey.simulator.network.HostileBroker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A broker that lets blocks of one model's files through drop by drop: the one that has waited
 * longest, whether or not it was asked for again meanwhile.
 */
final class Trickle implements HostileBroker.Plan {
  private final ReleasedFleet fleet;
  private final String files;
  private final Map<String, ByteString> waiting = new LinkedHashMap<>();
  private final UnaryOperator<Duration> next;
  private Predicate<String> withheld = topic -> false;
  private boolean over;
  private int drops;

  /**
   * @param first how long the first drop takes
   * @param next how long the next one takes, by the one before
   */
  Trickle(ReleasedFleet fleet, ModelName model, Duration first, UnaryOperator<Duration> next) {
    this.fleet = fleet;
    this.files = "/model/" + model + "/";
    this.next = next;
    fleet.broker.follow(this);
    schedule(first);
  }

  /** What does not come through at all. */
  void withhold(Predicate<String> topics) {
    withheld = topics;
  }

  int drops() {
    return drops;
  }

  /** From now on the broker is honest. */
  void end() {
    over = true;
    fleet.broker.follow(HostileBroker.Plan.HONEST);
  }

  @Override
  public List<InboundMessage> deliver(String client, InboundMessage genuine) {
    if (!client.equals(ReleasedFleet.AGENT.value())) {
      return List.of(genuine);
    }
    boolean isFile = genuine.topic().contains(files);
    if (isFile) {
      waiting.putIfAbsent(genuine.topic(), genuine.payload());
    }
    if (isFile || withheld.test(genuine.topic())) {
      genuine.acknowledge().run();
      return List.of();
    }
    return List.of(genuine);
  }

  private void schedule(Duration wait) {
    fleet.time.schedule(
        wait,
        () -> {
          if (!over) {
            drop();
            schedule(next.apply(wait));
          }
        });
  }

  private void drop() {
    var first = waiting.entrySet().iterator();
    if (first.hasNext()) {
      Map.Entry<String, ByteString> block = first.next();
      first.remove();
      drops++;
      fleet.inject(block.getKey(), block.getValue());
    }
  }
}
