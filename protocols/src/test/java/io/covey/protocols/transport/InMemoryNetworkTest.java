package io.covey.protocols.transport;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;
import static io.covey.protocols.transport.QualityOfService.AT_MOST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.TransportSettings.OutboxBounds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InMemoryNetworkTest {
  private static final long SEED = 7;

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final InMemoryNetwork network = new InMemoryNetwork(time, SEED, NetworkFaults.NONE);
  private final RecordingListener alice = new RecordingListener();
  private final RecordingListener bob = new RecordingListener();

  @Test
  void messageReachesWhoeverSubscribedAndNobodyElse() {
    MqttTransport receiver = open("bob", bob);
    MqttTransport sender = open("alice", alice);
    receiver.subscribe("a/+/c", AT_LEAST_ONCE);
    runFor(1);

    List<String> outcomes = publish(sender, "a/b/c", "yes", AT_LEAST_ONCE);
    publish(sender, "a/b/d", "no", AT_LEAST_ONCE);
    runFor(1);

    assertThat(bob.payloads()).containsExactly("yes");
    assertThat(alice.messages).isEmpty();
    assertThat(outcomes).containsExactly("sent");
    assertThat(bob.events).containsExactly("connected anew");
    assertThat(sender.counters()).isEqualTo(new TrafficCounters(2, 5, 0, 0));
    assertThat(receiver.counters()).isEqualTo(new TrafficCounters(0, 0, 1, 3));
  }

  @Test
  void retainedMessageGreetsALaterSubscriberUntilItIsCleared() {
    MqttTransport sender = open("alice", alice);
    runFor(1);
    sender.publish(new Publication("a", ByteString.copyFromUtf8("old"), AT_LEAST_ONCE, true));
    sender.publish(new Publication("a", ByteString.copyFromUtf8("new"), AT_LEAST_ONCE, true));
    runFor(1);

    MqttTransport receiver = open("bob", bob);
    receiver.subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    assertThat(bob.payloads()).containsExactly("new");
    assertThat(bob.messages.get(0).retained()).isTrue();

    sender.publish(new Publication("a", ByteString.EMPTY, AT_LEAST_ONCE, true));
    runFor(1);
    assertThat(bob.messages.get(1).retained()).isFalse();
    receiver.subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    assertThat(bob.payloads()).containsExactly("new", "");
  }

  @Test
  void willIsPublishedWhenAClientIsKilledButNotWhenItCloses() {
    open("bob", bob).subscribe("will/#", AT_LEAST_ONCE);
    MqttTransport polite = openWithWill("polite", Duration.ofSeconds(5));
    openWithWill("killed", Duration.ofSeconds(5));
    runFor(1);

    polite.close();
    network.kill("killed");
    runFor(4);
    assertThat(bob.topics()).isEmpty();
    runFor(2);
    assertThat(bob.topics()).containsExactly("will/killed");
    assertThat(network.counters().wills()).isEqualTo(1);
  }

  @Test
  void willIsNotPublishedWhenTheClientComesBackBeforeItsDelay() {
    open("bob", bob).subscribe("will/#", AT_LEAST_ONCE);
    openWithWill("alice", Duration.ofSeconds(90));
    runFor(1);
    network.cut("alice");
    runFor(600);
    assertThat(bob.topics()).isEmpty();

    network.isolate("alice", Duration.ofSeconds(200));
    runFor(600);
    assertThat(bob.topics()).containsExactly("will/alice");
  }

  @Test
  void sessionKeepsMessagesForAClientThatIsAway() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    network.isolate("bob", Duration.ofSeconds(30));
    runFor(1);
    publish(sender, "a", "kept", AT_LEAST_ONCE);
    publish(sender, "a", "gone", AT_MOST_ONCE);
    runFor(200);

    assertThat(bob.payloads()).containsExactly("kept");
    assertThat(bob.events)
        .containsExactly("connected anew", "disconnected: the network is cut", "connected again");
  }

  @Test
  void queueOfAnAbsentClientIsBounded() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    network.isolate("bob", Duration.ofSeconds(30));
    for (int i = 0; i < BrokerSession.QUEUED_MESSAGES + 5; i++) {
      publish(sender, "a", "m" + i, AT_LEAST_ONCE);
    }
    runFor(200);
    assertThat(bob.messages).hasSize(BrokerSession.QUEUED_MESSAGES);
    assertThat(network.counters().dropped()).isEqualTo(5);
  }

  @Test
  void messageThatWasNotAcknowledgedComesAgainAfterAReconnect() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    bob.acknowledging = false;
    publish(sender, "a", "important", AT_LEAST_ONCE);
    runFor(1);
    InboundMessage first = bob.messages.get(0);
    network.cut("bob");
    bob.acknowledging = true;
    runFor(200);
    // Of a connection that is gone: without effect.
    first.acknowledge().run();
    runFor(200);
    assertThat(bob.payloads()).containsExactly("important", "important");
  }

  @Test
  void outboxKeepsOrderAcrossAStopOfTheBroker() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    network.stopBroker(Duration.ofSeconds(10));
    runFor(1);
    List<List<String>> outcomes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      outcomes.add(publish(sender, "a", "m" + i, AT_LEAST_ONCE));
    }
    runFor(1);
    assertThat(outcomes).allMatch(List::isEmpty);
    runFor(200);
    assertThat(outcomes).allMatch(List.of("sent")::equals);
    assertThat(bob.payloads())
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> "m" + i).toList());
    assertThat(bob.events.get(2)).isEqualTo("connected again");
  }

  @Test
  void brokerThatLosesItsStateIsToldTheSubscriptionsAgain() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("a", AT_LEAST_ONCE);
    publishRetained(sender, "a", "before");
    runFor(1);
    network.stopBrokerLosingState(Duration.ofSeconds(10));
    runFor(200);
    publish(sender, "a", "after", AT_LEAST_ONCE);
    runFor(1);
    assertThat(bob.payloads()).containsExactly("before", "after");
    assertThat(bob.events.get(2)).isEqualTo("connected anew");
  }

  @Test
  void fullOutboxRefuses() {
    MqttTransport sender =
        network.connect(InMemoryNetwork.settings("alice").withOutbox(new OutboxBounds(2, 100)));
    sender.open(alice);
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sender
          .publish(new Publication("a", ByteString.copyFromUtf8("m"), AT_LEAST_ONCE, false))
          .whenComplete((ok, failure) -> outcomes.add(outcome(failure)));
    }
    runFor(1);
    assertThat(outcomes).containsExactly("OUTBOX_FULL", "sent", "sent");
  }

  @Test
  void publicationsThatCannotBeSentSayWhy() {
    MqttTransport sender = open("alice", alice);
    runFor(1);
    List<String> tooLarge = publish(sender, "a", "x".repeat(130_000), AT_LEAST_ONCE);
    network.isolate("alice", Duration.ofSeconds(1));
    runFor(0);
    List<String> notConnected = publish(sender, "a", "x", AT_MOST_ONCE);
    List<String> waiting = publish(sender, "a", "x", AT_LEAST_ONCE);
    sender.close();
    List<String> closed = publish(sender, "a", "x", AT_LEAST_ONCE);
    runFor(0);

    assertThat(tooLarge).containsExactly("TOO_LARGE");
    assertThat(notConnected).containsExactly("NOT_CONNECTED");
    assertThat(waiting).containsExactly("CLOSED");
    assertThat(closed).containsExactly("CLOSED");
    assertThatThrownBy(() -> publish(sender, "a/+", "x", AT_LEAST_ONCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wildcard");
  }

  @Test
  void lossLosesQosZeroAndOnlyDelaysQosOne() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("#", AT_LEAST_ONCE);
    runFor(1);
    network.setFaults(NetworkFaults.NONE.withLoss(0.3));
    for (int i = 0; i < 200; i++) {
      publish(sender, "zero/" + i, "m", AT_MOST_ONCE);
      publish(sender, "one/" + i, "m", AT_LEAST_ONCE);
      runFor(10);
    }
    runFor(600);
    assertThat(bob.topics().stream().filter(t -> t.startsWith("zero"))).hasSizeBetween(60, 140);
    assertThat(bob.topics().stream().filter(t -> t.startsWith("one")).distinct()).hasSize(200);
    // A lost acknowledgement is answered with a copy.
    assertThat(network.counters().duplicated()).isPositive();
  }

  @Test
  void linkThatLosesEverythingIsGivenUp() {
    MqttTransport sender = open("alice", alice);
    runFor(1);
    network.setFaults("alice", NetworkFaults.NONE.withLoss(1));
    publish(sender, "a", "m", AT_LEAST_ONCE);
    runFor(60);
    assertThat(alice.events).contains("disconnected: nothing gets through");
    network.setFaults("alice", NetworkFaults.NONE);
    runFor(120);
    assertThat(alice.events).endsWith("connected again");
  }

  @Test
  void delayIsWithinItsBoundsAndKeepsOrderUnlessToldOtherwise() {
    List<String> sent = IntStream.range(0, 200).mapToObj(i -> "m" + i).toList();
    NetworkFaults delayed =
        NetworkFaults.NONE.withDelay(Duration.ofMillis(10), Duration.ofMillis(500));
    assertThat(arrivals(delayed, sent)).containsExactlyElementsOf(sent);
    assertThat(arrivals(delayed.withReordering(true), sent))
        .containsExactlyInAnyOrderElementsOf(sent)
        .isNotEqualTo(sent);
  }

  @Test
  void duplicationMakesCopiesOfQosOneOnly() {
    MqttTransport sender = open("alice", alice);
    open("bob", bob).subscribe("#", AT_LEAST_ONCE);
    runFor(1);
    network.setFaults("alice", NetworkFaults.NONE.withDuplication(1));
    publish(sender, "a", "one", AT_LEAST_ONCE);
    publish(sender, "a", "zero", AT_MOST_ONCE);
    runFor(10);
    assertThat(bob.payloads()).containsExactlyInAnyOrder("one", "one", "zero");
  }

  @Test
  void sharedSubscriptionTellsOneMemberInTurn() {
    MqttTransport sender = open("alice", alice);
    RecordingListener carol = new RecordingListener();
    open("bob", bob).subscribe("$share/group/a/#", AT_LEAST_ONCE);
    open("carol", carol).subscribe("$share/group/a/#", AT_LEAST_ONCE);
    runFor(1);
    for (int i = 0; i < 10; i++) {
      publish(sender, "a/" + i, "m", AT_LEAST_ONCE);
    }
    runFor(1);
    assertThat(bob.messages).hasSize(5);
    assertThat(carol.messages).hasSize(5);
  }

  @Test
  void secondClientOfTheSameIdTakesOver() {
    open("alice", alice).subscribe("a", AT_LEAST_ONCE);
    runFor(1);
    RecordingListener second = new RecordingListener();
    MqttTransport taker = network.connect(InMemoryNetwork.settings("alice"));
    taker.open(second);
    runFor(0);
    assertThat(alice.events).endsWith("disconnected: another client has taken over the session");
    assertThat(second.events).containsExactly("connected again");
  }

  @Test
  void unsubscribedFilterStaysSilentAlsoWhenTakenBackWhileAway() {
    MqttTransport sender = open("alice", alice);
    MqttTransport receiver = open("bob", bob);
    receiver.subscribe("a", AT_LEAST_ONCE);
    receiver.subscribe("b", AT_LEAST_ONCE);
    runFor(1);
    receiver.unsubscribe("a");
    network.isolate("bob", Duration.ofSeconds(1));
    runFor(0);
    receiver.unsubscribe("b");
    runFor(120);
    publish(sender, "a", "m", AT_LEAST_ONCE);
    publish(sender, "b", "m", AT_LEAST_ONCE);
    runFor(1);
    assertThat(bob.messages).isEmpty();
  }

  @Test
  void observerSeesEveryMessage() {
    List<ObservedMessage> seen = new ArrayList<>();
    network.observe(seen::add);
    MqttTransport sender = open("alice", alice);
    runFor(1);
    publish(sender, "a", "m", AT_LEAST_ONCE);
    runFor(1);
    assertThat(seen)
        .containsExactly(
            new ObservedMessage(
                Instant.EPOCH.plusSeconds(1),
                "alice",
                new Publication("a", ByteString.copyFromUtf8("m"), AT_LEAST_ONCE, false)));
  }

  @Test
  void lastWordsBeforeAnOrderlyEndAreHeardAndTheWillIsNot() {
    open("bob", bob).subscribe("#", AT_LEAST_ONCE);
    MqttTransport leaving = openWithWill("alice", Duration.ZERO);
    runFor(1);
    network.setFaults(NetworkFaults.NONE.withDelay(Duration.ofMillis(10), Duration.ofSeconds(3)));
    publish(leaving, "a", "goodbye", AT_LEAST_ONCE);
    leaving.close();
    runFor(60);
    assertThat(bob.payloads()).containsExactly("goodbye");
    assertThat(alice.events).containsExactly("connected anew");
  }

  @Test
  void linkKeepsItsOrderAlsoWhenTimeShufflesWhatHappensAtOnce() {
    VirtualTime shuffled = VirtualTime.shuffled(Instant.EPOCH, new SplittableRandom(SEED));
    InMemoryNetwork ownNetwork = new InMemoryNetwork(shuffled, SEED, NetworkFaults.NONE);
    RecordingListener listener = new RecordingListener();
    MqttTransport receiver = ownNetwork.connect(InMemoryNetwork.settings("receiver"));
    MqttTransport sender = ownNetwork.connect(InMemoryNetwork.settings("sender"));
    receiver.open(listener);
    receiver.subscribe("a", AT_LEAST_ONCE);
    sender.open(new RecordingListener());
    shuffled.runFor(Duration.ofSeconds(1));
    List<String> sent = IntStream.range(0, 200).mapToObj(i -> "m" + i).toList();
    sent.forEach(payload -> publish(sender, "a", payload, AT_LEAST_ONCE));
    shuffled.runFor(Duration.ofSeconds(1));
    assertThat(listener.payloads()).containsExactlyElementsOf(sent);
  }

  @Test
  void expiredSessionIsForgottenAndItsWillComesAtTheLatestThen() {
    open("bob", bob).subscribe("will/#", AT_LEAST_ONCE);
    Will will =
        new Will(
            "will/alice",
            ByteString.copyFromUtf8("gone"),
            AT_LEAST_ONCE,
            false,
            Duration.ofHours(1));
    MqttTransport shortLived =
        network.connect(
            InMemoryNetwork.settings("alice")
                .withWill(will)
                .withTimes(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(10)));
    shortLived.open(alice);
    runFor(1);
    network.isolate("alice", Duration.ofMinutes(5));
    runFor(9);
    assertThat(bob.topics()).isEmpty();
    runFor(2);
    assertThat(bob.topics()).containsExactly("will/alice");
    runFor(600);
    assertThat(alice.events).endsWith("connected anew");
  }

  @Test
  void sameSeedGivesTheSameRunAndAnotherSeedAnother() {
    assertThat(run(1)).isEqualTo(run(1)).isNotEqualTo(run(2));
  }

  @Test
  void exceptionOfAListenerFailsTheSimulation() {
    MqttTransport broken = network.connect(InMemoryNetwork.settings("alice"));
    broken.open(
        new MqttTransport.Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            throw new IllegalStateException("a bug");
          }

          @Override
          public void onDisconnected(String reason) {}

          @Override
          public void onMessage(InboundMessage message) {}
        });
    assertThatThrownBy(() -> runFor(1)).hasMessage("a bug");
  }

  /** A transcript of a lively half hour: who got what, when. */
  private static List<String> run(long seed) {
    VirtualTime time = new VirtualTime(Instant.EPOCH);
    NetworkFaults faults =
        NetworkFaults.NONE
            .withLoss(0.2)
            .withDelay(Duration.ofMillis(5), Duration.ofSeconds(2))
            .withDuplication(0.1)
            .withReordering(true);
    InMemoryNetwork network = new InMemoryNetwork(time, seed, faults);
    List<String> transcript = new ArrayList<>();
    network.observe(
        m -> transcript.add(m.time() + " " + m.senderClientId() + " " + m.publication().topic()));
    List<MqttTransport> clients = new ArrayList<>();
    List<RecordingListener> listeners = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      MqttTransport client = network.connect(InMemoryNetwork.settings("client" + i));
      RecordingListener listener = new RecordingListener();
      client.open(listener);
      client.subscribe("#", AT_LEAST_ONCE);
      clients.add(client);
      listeners.add(listener);
    }
    for (int i = 0; i < 60; i++) {
      publish(clients.get(i % 5), "t/" + i, "m" + i, AT_LEAST_ONCE);
      time.runFor(Duration.ofSeconds(30));
      network.cut("client" + (i * 7) % 5);
    }
    transcript.add(network.counters().toString());
    for (RecordingListener listener : listeners) {
      transcript.addAll(listener.topics());
      transcript.addAll(listener.events);
    }
    return transcript;
  }

  private List<String> arrivals(NetworkFaults faults, List<String> payloads) {
    VirtualTime ownTime = new VirtualTime(Instant.EPOCH);
    InMemoryNetwork ownNetwork = new InMemoryNetwork(ownTime, SEED, NetworkFaults.NONE);
    RecordingListener listener = new RecordingListener();
    MqttTransport receiver = ownNetwork.connect(InMemoryNetwork.settings("receiver"));
    MqttTransport sender = ownNetwork.connect(InMemoryNetwork.settings("sender"));
    receiver.open(listener);
    sender.open(new RecordingListener());
    receiver.subscribe("a", AT_LEAST_ONCE);
    ownTime.runFor(Duration.ofSeconds(1));
    ownNetwork.setFaults("sender", faults);
    Instant start = ownTime.now();
    List<Instant> times = new ArrayList<>();
    ownNetwork.observe(m -> times.add(m.time()));
    payloads.forEach(payload -> publish(sender, "a", payload, AT_LEAST_ONCE));
    ownTime.runFor(Duration.ofSeconds(30));
    assertThat(times.get(0)).isBetween(start.plusMillis(10), start.plusMillis(500));
    return listener.payloads();
  }

  private MqttTransport open(String clientId, RecordingListener listener) {
    MqttTransport client = network.connect(InMemoryNetwork.settings(clientId));
    client.open(listener);
    return client;
  }

  private MqttTransport openWithWill(String clientId, Duration delay) {
    Will will =
        new Will("will/" + clientId, ByteString.copyFromUtf8("gone"), AT_LEAST_ONCE, false, delay);
    MqttTransport client = network.connect(InMemoryNetwork.settings(clientId).withWill(will));
    client.open(alice);
    return client;
  }

  private void publishRetained(MqttTransport sender, String topic, String payload) {
    runFor(0);
    sender.publish(new Publication(topic, ByteString.copyFromUtf8(payload), AT_LEAST_ONCE, true));
    runFor(0);
  }

  /** What becomes of a message, once that is known. */
  private static List<String> publish(
      MqttTransport sender, String topic, String payload, QualityOfService qos) {
    List<String> outcomes = new ArrayList<>();
    sender
        .publish(new Publication(topic, ByteString.copyFromUtf8(payload), qos, false))
        .whenComplete((ok, failure) -> outcomes.add(outcome(failure)));
    return outcomes;
  }

  private static String outcome(Throwable failure) {
    return failure instanceof PublishException refused ? refused.reason().toString() : "sent";
  }

  private void runFor(int seconds) {
    time.runFor(Duration.ofSeconds(seconds));
  }
}
