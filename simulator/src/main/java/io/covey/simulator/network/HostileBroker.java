package io.covey.simulator.network;

import com.google.protobuf.ByteString;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A broker that lies: whatever a client is to hear goes through its plan first, which may add,
 * withhold, alter and redirect. It has everything that a broker has, and no key of anybody.
 *
 * <p>Belongs to the thread of the virtual time.
 */
public final class HostileBroker {
  private final Map<String, InterceptedTransport> clients = new HashMap<>();
  private Plan plan = Plan.HONEST;

  /** What a client hears in the place of a message. */
  @FunctionalInterface
  public interface Plan {
    /** Passes everything on. */
    Plan HONEST = (clientId, genuine) -> List.of(genuine);

    /**
     * What the client hears now.
     *
     * @param genuine as it was published; whoever withholds it acknowledges it
     */
    List<InboundMessage> deliver(String clientId, InboundMessage genuine);
  }

  /** From now on. */
  public void follow(Plan newPlan) {
    plan = newPlan;
  }

  /** A client's connection through this broker; a later one of its id takes its place. */
  public MqttTransport intercept(String clientId, MqttTransport transport) {
    InterceptedTransport intercepted = new InterceptedTransport(clientId, transport, this);
    clients.put(clientId, intercepted);
    return intercepted;
  }

  /** Lets a client hear something that nobody sent it; nobody waits for its acknowledgement. */
  public void inject(String clientId, String topic, ByteString payload) {
    InterceptedTransport client = clients.get(clientId);
    if (client != null) {
      client.hear(forged(topic, payload));
    }
  }

  /** A message as a client would hear it. */
  public static InboundMessage forged(String topic, ByteString payload) {
    return new InboundMessage(topic, payload, false, () -> {});
  }

  List<InboundMessage> arrived(String clientId, InboundMessage message) {
    return plan.deliver(clientId, message);
  }
}
