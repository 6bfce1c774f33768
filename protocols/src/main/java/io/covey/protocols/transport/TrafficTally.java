package io.covey.protocols.transport;

import com.google.protobuf.ByteString;
import java.util.concurrent.atomic.AtomicLong;

/** The running {@link TrafficCounters} of one transport. Any thread may read. */
final class TrafficTally {
  private final AtomicLong messagesSent = new AtomicLong();
  private final AtomicLong bytesSent = new AtomicLong();
  private final AtomicLong messagesReceived = new AtomicLong();
  private final AtomicLong bytesReceived = new AtomicLong();

  void sent(ByteString payload) {
    messagesSent.incrementAndGet();
    bytesSent.addAndGet(payload.size());
  }

  void received(ByteString payload) {
    messagesReceived.incrementAndGet();
    bytesReceived.addAndGet(payload.size());
  }

  TrafficCounters snapshot() {
    return new TrafficCounters(
        messagesSent.get(), bytesSent.get(), messagesReceived.get(), bytesReceived.get());
  }
}
