package io.covey.protocols.transport;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.Limits;
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

  @Test
  void retainedMessagesGreetALaterSubscriberOnce() throws Exception {
    PahoTransport sender = open(settings("alice"), new AwaitedListener());
    retain(sender, name + "/a", "old");
    retain(sender, name + "/a", "new");
    retain(sender, name + "/b", "gone");
    retain(sender, name + "/b", "");
    AwaitedListener bob = new AwaitedListener();
    PahoTransport receiver = open(settings("bob"), bob);
    receiver.subscribe(name + "/+", AT_LEAST_ONCE);
    InboundMessage greeting = bob.awaitMessage();
    assertThat(greeting.payload().toStringUtf8()).isEqualTo("new");
    assertThat(greeting.retained()).isTrue();
    publish(sender, name + "/c", "live", AT_LEAST_ONCE).get(30, TimeUnit.SECONDS);
    InboundMessage live = bob.awaitMessage();
    assertThat(live.payload().toStringUtf8()).isEqualTo("live");
    assertThat(live.retained()).isFalse();
    // Asked for again by the owner, it comes again; a reconnect alone does not bring it.
    receiver.subscribe(name + "/a", AT_LEAST_ONCE);
    assertThat(bob.awaitPayloads(1)).containsExactly("new");
  }

  @Test
  void messagesOfFullSizeCrossABrokerWithASmallWindow() throws Exception {
    AwaitedListener bob = new AwaitedListener();
    PahoTransport receiver = open(settings("bob"), bob);
    receiver.subscribe(name, AT_LEAST_ONCE);
    assertThat(bob.awaitEvent()).isEqualTo("connected anew");
    PahoTransport sender = open(settings("alice"), new AwaitedListener());
    byte[] payload = new byte[Limits.MESSAGE_BYTES];
    List<CompletableFuture<Void>> outcomes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      payload[0] = (byte) i;
      outcomes.add(
          sender
              .publish(new Publication(name, ByteString.copyFrom(payload), AT_LEAST_ONCE, false))
              .toCompletableFuture());
    }
    for (int i = 0; i < 100; i++) {
      outcomes.get(i).get(30, TimeUnit.SECONDS);
      ByteString received = bob.awaitMessage().payload();
      assertThat(received.size()).isEqualTo(payload.length);
      assertThat(received.byteAt(0)).isEqualTo((byte) i);
    }
  }

  @Test
  void listenerMayPublishAndSubscribe() throws Exception {
    AwaitedListener alice = new AwaitedListener();
    PahoTransport asking = open(settings("alice"), alice);
    asking.subscribe(name + "/answer/#", AT_LEAST_ONCE);
    PahoTransport[] answering = new PahoTransport[1];
    AwaitedListener bob =
        new AwaitedListener(
            message -> {
              answering[0].subscribe(name + "/more", AT_LEAST_ONCE);
              var unused =
                  answering[0].publish(
                      new Publication(name + "/answer/1", message.payload(), AT_LEAST_ONCE, false));
              message.acknowledge().run();
            });
    answering[0] = open(settings("bob"), bob);
    answering[0].subscribe(name + "/question", AT_LEAST_ONCE);
    assertThat(alice.awaitEvent()).isEqualTo("connected anew");
    assertThat(bob.awaitEvent()).isEqualTo("connected anew");
    publish(asking, name + "/question", "why?", AT_LEAST_ONCE).get(30, TimeUnit.SECONDS);
    assertThat(alice.awaitPayloads(1)).containsExactly("why?");
  }

  @Test
  void willIsPublishedForAClientThatIsCutOffButNotForOneThatCloses() throws Exception {
    AwaitedListener watcher = new AwaitedListener();
    open(settings("watcher"), watcher).subscribe(name + "/will/#", AT_LEAST_ONCE);
    assertThat(watcher.awaitEvent()).isEqualTo("connected anew");
    AwaitedListener listener = new AwaitedListener();
    PahoTransport polite = open(settingsWithWill("polite"), listener);
    PahoTransport asking = open(settingsWithWill("asking"), listener);
    PahoTransport taken = open(settingsWithWill("taken"), listener);
    for (int i = 0; i < 3; i++) {
      assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    }
    polite.close();
    asking.closeWithWill();
    assertThat(watcher.awaitMessage().topic()).isEqualTo(name + "/will/asking");
    // Two clients of one id cut each other off, again and again.
    PahoTransport taker = open(settings("taken"), new AwaitedListener());
    assertThat(watcher.awaitMessage().topic()).isEqualTo(name + "/will/taken");
    taker.close();
    taken.close();
    PahoTransport marker = open(settings("marker"), new AwaitedListener());
    publish(marker, name + "/will/end", "end", AT_LEAST_ONCE).get(30, TimeUnit.SECONDS);
    String topic = watcher.awaitMessage().topic();
    while (topic.equals(name + "/will/taken")) {
      topic = watcher.awaitMessage().topic();
    }
    assertThat(topic).isEqualTo(name + "/will/end");
  }

  @Test
  void sessionKeepsMessagesAcrossTransports() throws Exception {
    AwaitedListener first = new AwaitedListener();
    PahoTransport receiver = open(settings("bob"), first);
    receiver.subscribe(name, AT_LEAST_ONCE);
    assertThat(first.awaitEvent()).isEqualTo("connected anew");
    receiver.close();
    PahoTransport sender = open(settings("alice"), new AwaitedListener());
    publish(sender, name, "while you were away", AT_LEAST_ONCE).get(30, TimeUnit.SECONDS);
    AwaitedListener second = new AwaitedListener();
    PahoTransport again = open(settings("bob"), second);
    again.subscribe(name, AT_LEAST_ONCE);
    assertThat(second.awaitEvent()).isEqualTo("connected again");
    assertThat(second.awaitPayloads(1)).containsExactly("while you were away");
  }

  @Test
  void sharedSubscriptionTellsEachMessageToOneMember() throws Exception {
    AwaitedListener listener = new AwaitedListener();
    open(settings("one"), listener).subscribe("$share/group/" + name + "/#", AT_LEAST_ONCE);
    open(settings("two"), listener).subscribe("$share/group/" + name + "/#", AT_LEAST_ONCE);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    PahoTransport sender = open(settings("alice"), new AwaitedListener());
    List<String> sent = IntStream.range(0, 40).mapToObj(i -> "m" + i).toList();
    for (String payload : sent) {
      publish(sender, name + "/a", payload, AT_LEAST_ONCE).get(30, TimeUnit.SECONDS);
    }
    assertThat(listener.awaitPayloads(40)).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void brokerThatIsReplacedIsFoundAgain(@TempDir Path before, @TempDir Path after)
      throws Exception {
    HiveMqBroker first = new HiveMqBroker(before, RECEIVE_MAXIMUM);
    int port = first.port();
    TransportSettings settings =
        TransportSettings.of(first.address(), name)
            .withBackoff(new BackoffBounds(Duration.ofMillis(10), Duration.ofMillis(200)));
    AwaitedListener listener = new AwaitedListener();
    PahoTransport transport = open(settings, listener);
    transport.subscribe(name, AT_LEAST_ONCE);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    first.close();
    assertThat(listener.awaitEvent()).startsWith("disconnected: ");
    List<CompletableFuture<Void>> waiting =
        IntStream.range(0, 50)
            .mapToObj(i -> publish(transport, name, "m" + i, AT_LEAST_ONCE))
            .toList();
    try (HiveMqBroker second = new HiveMqBroker(after, RECEIVE_MAXIMUM, port)) {
      assertThat(second.port()).isEqualTo(port);
      assertThat(listener.awaitEvent()).isEqualTo("connected anew");
      for (CompletableFuture<Void> outcome : waiting) {
        outcome.get(30, TimeUnit.SECONDS);
      }
      assertThat(listener.awaitPayloads(50))
          .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(i -> "m" + i).toList());
      transport.close();
    }
  }

  @Test
  void tenClientsCostThreeThreadsEachAndGiveThemBack() throws Exception {
    AwaitedListener listener = new AwaitedListener();
    for (int i = 0; i < 10; i++) {
      open(settings("agent" + i), listener);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    }
    PahoLoops.awaitOnlyLoops(threads());
    assertThat(threads()).hasSize(30);
    transports.forEach(PahoTransport::close);
    for (Thread thread : threads()) {
      thread.join(30_000);
    }
    assertThat(threads()).isEmpty();
  }

  /** The threads of this test's clients. */
  private List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains(name + "-agent"))
        .toList();
  }

  private TransportSettings settingsWithWill(String who) {
    ByteString gone = ByteString.copyFromUtf8("gone");
    Will will = new Will(name + "/will/" + who, gone, AT_LEAST_ONCE, false, Duration.ZERO);
    return settings(who).withWill(will);
  }

  private static void retain(MqttTransport sender, String topic, String payload) throws Exception {
    sender
        .publish(new Publication(topic, ByteString.copyFromUtf8(payload), AT_LEAST_ONCE, true))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
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
