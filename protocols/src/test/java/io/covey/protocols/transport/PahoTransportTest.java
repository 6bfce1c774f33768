package io.covey.protocols.transport;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker; {@link PahoTransportFaultsTest} has what a real one does not do. */
final class PahoTransportTest {
  /** The broker's own default, which is below what the transport would like. */
  private static final int RECEIVE_MAXIMUM = 10;

  @TempDir private static Path folder;
  private static HiveMqBroker broker;

  private final WorkerPool workers = new WorkerPool("test-worker", 1);
  private final ExecutorScheduler scheduler = new ExecutorScheduler("test-owner", workers);
  private final List<PahoTransport> transports = new ArrayList<>();
  private String name = "";

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new HiveMqBroker(folder, RECEIVE_MAXIMUM);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @BeforeEach
  void nameAfter(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void closeAll() {
    transports.forEach(PahoTransport::close);
    scheduler.close();
    workers.close();
  }

  @Test
  void messagesArriveInOrderAndAreAcknowledged() throws Exception {
    AwaitedListener bob = new AwaitedListener();
    PahoTransport receiver = open(settings("bob"), bob);
    receiver.subscribe(name + "/#", AT_LEAST_ONCE);
    AwaitedListener alice = new AwaitedListener();
    PahoTransport sender = open(settings("alice"), alice);
    assertThat(bob.awaitEvent()).isEqualTo("connected anew");
    assertThat(alice.awaitEvent()).isEqualTo("connected anew");
    awaitSubscribed(sender, bob);

    List<CompletableFuture<Void>> outcomes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      outcomes.add(publish(sender, name + "/a", "m" + i, AT_LEAST_ONCE));
    }
    for (CompletableFuture<Void> outcome : outcomes) {
      outcome.get(30, TimeUnit.SECONDS);
    }
    assertThat(bob.awaitPayloads(200))
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "m" + i).toList());
    assertThat(receiver.counters().messagesReceived()).isGreaterThanOrEqualTo(200);
  }

  private void awaitSubscribed(PahoTransport sender, AwaitedListener receiver) throws Exception {
    publish(sender, name + "/ready", "ready", AT_LEAST_ONCE).get(30, TimeUnit.SECONDS);
    assertThat(receiver.awaitMessage().payload().toStringUtf8()).isEqualTo("ready");
  }

  private PahoTransport open(TransportSettings settings, MqttTransport.Listener listener) {
    PahoTransport transport = new PahoTransport(settings, scheduler, new SplittableRandom(1));
    transports.add(transport);
    transport.open(listener);
    return transport;
  }

  private TransportSettings settings(String who) {
    return TransportSettings.of(broker.address(), name + "-" + who)
        .withBackoff(new BackoffBounds(Duration.ofMillis(10), Duration.ofMillis(200)));
  }

  private static CompletableFuture<Void> publish(
      MqttTransport sender, String topic, String payload, QualityOfService qos) {
    return sender
        .publish(new Publication(topic, ByteString.copyFromUtf8(payload), qos, false))
        .toCompletableFuture();
  }
}
