package io.covey.protocols.transport;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;
import static io.covey.protocols.transport.QualityOfService.AT_MOST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.transport.FakeBroker.Packet;
import io.covey.protocols.transport.FakeBroker.Published;
import io.covey.protocols.transport.FakeBroker.Session;
import io.covey.protocols.transport.PublishException.Reason;
import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Paho gets wrong, or a broker may do, one by one, against a broker that follows a script. */
@Timeout(120)
final class PahoTransportFaultsTest {
  /** CONNACK property: Receive Maximum. */
  private static final int RECEIVE_MAXIMUM = 0x21;

  /** CONNACK property: Maximum Packet Size. */
  private static final int MAXIMUM_PACKET_SIZE = 0x27;

  /** CONNACK property: Topic Alias Maximum. */
  private static final int TOPIC_ALIAS_MAXIMUM = 0x22;

  /** CONNACK property: Retain Available. */
  private static final int RETAIN_AVAILABLE = 0x25;

  private final WorkerPool workers = new WorkerPool("test-worker", 1);
  private final ExecutorScheduler scheduler = new ExecutorScheduler("test-owner", workers);
  private final AwaitedListener listener = new AwaitedListener();
  private FakeBroker broker;
  private PahoTransport transport;

  @BeforeEach
  void start() throws IOException {
    broker = new FakeBroker();
    transport = transport(settings());
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
    transport.close();
    scheduler.close();
    workers.close();
  }

  @Test
  void connectAsksForASessionThatOutlivesTheConnection() throws Exception {
    Will will =
        new Will("w", ByteString.copyFromUtf8("gone"), AT_LEAST_ONCE, true, Duration.ofSeconds(7));
    transport = transport(settings().withWill(will));
    transport.open(listener);
    Packet connect = broker.accept().expect(FakeBroker.CONNECT);
    byte[] expected = {
      0, 4, 'M', 'Q', 'T', 'T', 5, // protocol
      0x2C, // flags: will, will at QoS 1, will retained; no clean start
      0, 30, // keep-alive
    };
    byte[] actual = connect.body().array();
    assertThat(Arrays.copyOf(actual, expected.length)).isEqualTo(expected);
    String body = HexFormat.of().formatHex(actual);
    // Session Expiry Interval of a day, Receive Maximum of 64, Maximum Packet Size, Will Delay.
    assertThat(body).contains("1100015180").contains("210040").contains("2700020000");
    assertThat(body).contains("1800000007").endsWith("0001" + "77" + "0004" + "676f6e65");
  }

  @Test
  void brokerThatNeverAnswersIsGivenUpAndTriedAgain() throws Exception {
    transport = transport(settings().withTimes(Duration.ofDays(1), second(30), second(3)));
    transport.open(listener);
    assertThat(broker.accept().awaitEnd()).isFalse();
    broker.acceptClient(false);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
  }

  @Test
  void brokerThatHangsUpAtOnceIsTriedUntilItAnswersAndLeavesNoThread() throws Exception {
    transport.open(listener);
    for (int i = 0; i < 10; i++) {
      broker.accept().close();
    }
    broker.acceptClient(false);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    transport.close();
    awaitNoThreads();
  }

  @Test
  void refusedConnectIsTriedAgain() throws Exception {
    transport.open(listener);
    Session refused = broker.accept();
    refused.expect(FakeBroker.CONNECT);
    // CONNACK: not authorized.
    refused.send(0x20, 3, 0, 0x87, 0);
    refused.awaitEnd();
    broker.acceptClient(false);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
  }

  @Test
  void brokerThatCannotRetainIsNotUsed() throws Exception {
    transport.open(listener);
    broker.acceptClient(false, RETAIN_AVAILABLE, 0).awaitEnd();
    broker.acceptClient(true);
    assertThat(listener.awaitEvent()).isEqualTo("connected again");
  }

  @Test
  void messagesOnTheirWayStayBelowTheReceiveMaximum() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false, RECEIVE_MAXIMUM, 0, 4);
    List<CompletableFuture<Void>> outcomes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      outcomes.add(publish("a", "m" + i));
    }
    List<Integer> unacknowledged = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      if (unacknowledged.size() == 3) {
        assertNothingElseComes(session);
        session.puback(unacknowledged.remove(0), 0);
      }
      Published published = session.expect(FakeBroker.PUBLISH).published();
      assertThat(published.payload()).isEqualTo("m" + i);
      unacknowledged.add(published.id());
    }
    for (int id : unacknowledged) {
      session.puback(id, 0);
    }
    for (CompletableFuture<Void> outcome : outcomes) {
      outcome.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void unacknowledgedMessagesAreSentAgainInOrderAndWithoutTopicAliases() throws Exception {
    transport.open(listener);
    Session first = broker.acceptClient(false, TOPIC_ALIAS_MAXIMUM, 0, 10);
    List<CompletableFuture<Void>> outcomes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      outcomes.add(publish("some/topic", "m" + i));
    }
    first.puback(first.expect(FakeBroker.PUBLISH).published().id(), 0);
    first.expect(FakeBroker.PUBLISH);
    outcomes.get(0).get(30, TimeUnit.SECONDS);
    first.close();
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    assertThat(listener.awaitEvent()).startsWith("disconnected: ");

    Session second = broker.acceptClient(true, TOPIC_ALIAS_MAXIMUM, 0, 10);
    for (int i = 1; i < 4; i++) {
      Published again = second.expect(FakeBroker.PUBLISH).published();
      assertThat(again.payload()).isEqualTo("m" + i);
      // An alias of the first connection would come with an empty topic.
      assertThat(again.topic()).isEqualTo(i == 1 ? "some/topic" : again.topic());
      second.puback(again.id(), 0);
      outcomes.get(i).get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void brokerThatLostTheSessionIsToldAllSubscriptionsAgain() throws Exception {
    transport.subscribe("a/#", AT_LEAST_ONCE);
    transport.subscribe("b", AT_MOST_ONCE);
    transport.open(listener);
    Session first = broker.acceptClient(false);
    // Options: QoS, and 0x10 for "retained messages only if the subscription is new".
    assertThat(first.grant()).containsExactly("a/# 11", "b 10");
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    transport.subscribe("c", AT_LEAST_ONCE);
    assertThat(first.grant()).containsExactly("c 1");
    transport.unsubscribe("b");
    assertThat(first.expect(FakeBroker.UNSUBSCRIBE).filters()).containsExactly("b");
    first.close();
    assertThat(listener.awaitEvent()).startsWith("disconnected: ");
    Session second = broker.acceptClient(false);
    assertThat(second.grant()).containsExactly("a/# 11", "c 11");
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
  }

  @Test
  void filterTakenBackWhileAwayIsForgottenByABrokerThatKeptTheSession() throws Exception {
    transport.subscribe("a", AT_LEAST_ONCE);
    transport.open(listener);
    Session first = broker.acceptClient(false);
    first.grant();
    listener.awaitEvent();
    first.close();
    listener.awaitEvent();
    transport.unsubscribe("a");
    Session second = broker.acceptClient(true);
    assertThat(second.expect(FakeBroker.UNSUBSCRIBE).filters()).containsExactly("a");
    assertThat(listener.awaitEvent()).isEqualTo("connected again");
  }

  @Test
  void pubackThatRefusesFailsTheMessageAndItIsNotSentAgain() throws Exception {
    transport.open(listener);
    Session first = broker.acceptClient(false);
    CompletableFuture<Void> refused = publish("a", "refused");
    // Not authorized; some brokers disconnect next.
    first.puback(first.expect(FakeBroker.PUBLISH).published().id(), 0x87);
    assertThatThrownBy(() -> refused.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("reason code 135")
        .returns(Reason.REFUSED_BY_BROKER, e -> ((PublishException) e).reason());
    first.send(0xE0, 1, 0x87);
    listener.awaitEvent();
    assertThat(listener.awaitEvent()).contains("reason code 135");
    Session second = broker.acceptClient(true);
    CompletableFuture<Void> next = publish("a", "next");
    Published published = second.expect(FakeBroker.PUBLISH).published();
    assertThat(published.payload()).isEqualTo("next");
    second.puback(published.id(), 0);
    assertThat(next.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void pubackWithoutSubscribersIsASuccess() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false);
    CompletableFuture<Void> outcome = publish("a", "m");
    session.puback(session.expect(FakeBroker.PUBLISH).published().id(), 0x10);
    assertThat(outcome.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void messageIsAcknowledgedWhenTheOwnerSaysSoAndOnlyOnItsConnection() throws Exception {
    AwaitedListener reluctant = new AwaitedListener(message -> {});
    transport.open(reluctant);
    Session first = broker.acceptClient(false);
    first.publish("a", 7, false, new byte[] {1});
    first.publish("a", 8, false, new byte[] {2});
    InboundMessage seven = reluctant.awaitMessage();
    InboundMessage eight = reluctant.awaitMessage();
    assertNothingElseComes(first);
    eight.acknowledge().run();
    eight.acknowledge().run();
    assertThat(first.expect(FakeBroker.PUBACK).id()).isEqualTo(8);
    first.close();
    reluctant.awaitEvent();
    assertThat(reluctant.awaitEvent()).startsWith("disconnected: ");

    Session second = broker.acceptClient(true);
    // The barrier's subscription, as after every connect.
    second.grant();
    second.publish("a", 7, true, new byte[] {1});
    InboundMessage again = reluctant.awaitMessage();
    assertThat(again.payload()).isEqualTo(seven.payload());
    seven.acknowledge().run();
    assertNothingElseComes(second);
    again.acknowledge().run();
    assertThat(second.expect(FakeBroker.PUBACK).id()).isEqualTo(7);
  }

  @Test
  void listenerThatThrowsLosesNothingAndStopsNothing() throws Exception {
    AwaitedListener failing =
        new AwaitedListener(
            message -> {
              if (message.topic().equals("poison")) {
                throw new IllegalStateException("expected in this test");
              }
              message.acknowledge().run();
            });
    transport.open(failing);
    Session first = broker.acceptClient(false);
    first.publish("poison", 1, false, new byte[0]);
    first.publish("good", 2, false, new byte[0]);
    // The poison is not acknowledged, the good message is.
    assertThat(first.expect(FakeBroker.PUBACK).id()).isEqualTo(2);
    assertNothingElseComes(first);
    // Delivered again it fails again, and is given up.
    first.publish("poison", 3, true, new byte[0]);
    assertThat(first.expect(FakeBroker.PUBACK).id()).isEqualTo(3);
    assertThat(transport.listenerFailures()).isEqualTo(2);
  }

  @Test
  void manyPoisonedMessagesDoNotStopTheBroker() throws Exception {
    transport.open(
        new AwaitedListener(
            message -> {
              throw new IllegalStateException("expected in this test");
            }));
    Session session = broker.acceptClient(false);
    for (int id = 1; id <= PahoInbound.RECEIVE_MAXIMUM; id++) {
      session.publish("poison", id, false, new byte[] {(byte) id});
    }
    // Some are left for another time, the rest is given up.
    int kept = PahoInbound.RECEIVE_MAXIMUM / 4;
    for (int id = kept + 1; id <= PahoInbound.RECEIVE_MAXIMUM; id++) {
      assertThat(session.expect(FakeBroker.PUBACK).id()).isEqualTo(id);
    }
  }

  @Test
  void messageThatTheBrokerWouldNotTakeIsNotSent() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false, MAXIMUM_PACKET_SIZE, 0, 0, 4, 0);
    CompletableFuture<Void> tooLarge = publish("a", "x".repeat(1024));
    assertThat(reasonOf(tooLarge)).isEqualTo(Reason.TOO_LARGE);
    CompletableFuture<Void> small = publish("a", "x".repeat(900));
    Published published = session.expect(FakeBroker.PUBLISH).published();
    assertThat(published.payload()).hasSize(900);
    session.puback(published.id(), 0);
    assertThat(small.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void brokerThatFallsSilentIsLeft() throws Exception {
    transport = transport(settings().withTimes(Duration.ofDays(1), second(1), second(10)));
    transport.open(listener);
    broker.acceptClient(false);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    // Its pings stay unanswered.
    assertThat(listener.awaitEvent()).startsWith("disconnected: ");
    broker.acceptClient(true);
    assertThat(listener.awaitEvent()).isEqualTo("connected again");
  }

  @Test
  void brokerThatAnswersPingsButAcknowledgesNothingIsLeft() throws Exception {
    transport = transport(settings().withTimes(Duration.ofDays(1), second(1), second(10)));
    transport.open(listener);
    Session first = broker.acceptClient(false);
    CompletableFuture<Void> outcome = publish("a", "m");
    first.expect(FakeBroker.PUBLISH);
    assertThat(first.awaitEnd()).isFalse();
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    assertThat(listener.awaitEvent()).startsWith("disconnected: ");
    Session second = broker.acceptClient(true);
    second.puback(second.expect(FakeBroker.PUBLISH).published().id(), 0);
    assertThat(outcome.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void packetOfHugeClaimedSizeEndsTheConnectionAndNotTheProcess() throws Exception {
    transport.open(listener);
    Session first = broker.acceptClient(false);
    assertThat(listener.awaitEvent()).isEqualTo("connected anew");
    // A PUBLISH of 256 MiB less one byte.
    first.send(0x32, 0xFF, 0xFF, 0xFF, 0x7F);
    assertThat(listener.awaitEvent()).contains("268435455 bytes");
    broker.acceptClient(true);
    assertThat(listener.awaitEvent()).isEqualTo("connected again");
  }

  @Test
  void garbageFromTheBrokerAlwaysEndsInANewConnection() throws Exception {
    long seed = 42;
    System.out.println("PahoTransportFaultsTest seed: " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    transport.open(listener);
    for (int i = 0; i < 40; i++) {
      Session session = broker.acceptClient(true);
      assertThat(listener.awaitEvent()).isEqualTo("connected again");
      for (int packet = 0; packet < 20; packet++) {
        byte[] body = new byte[random.nextInt(40)];
        random.nextBytes(body);
        try {
          session.packet(random.nextInt(256), body);
        } catch (IOException e) {
          // It has been left already.
          break;
        }
      }
      session.close();
      assertThat(listener.awaitEvent()).startsWith("disconnected: ");
    }
    transport.close();
    awaitNoThreads();
  }

  @Test
  void closeSaysGoodbyeAndLeavesNoThread() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false);
    listener.awaitEvent();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(transport::close);
    Packet goodbye = session.expect(FakeBroker.DISCONNECT);
    // Reason code 0 may be left out.
    assertThat(goodbye.body().remaining() == 0 || goodbye.body().get(0) == 0).isTrue();
    session.close();
    closed.get(30, TimeUnit.SECONDS);
    awaitNoThreads();
  }

  @Test
  void closeWithWillAsksTheBrokerToPublishIt() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false);
    listener.awaitEvent();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(transport::closeWithWill);
    assertThat(session.expect(FakeBroker.DISCONNECT).body().get(0)).isEqualTo((byte) 4);
    session.close();
    closed.get(30, TimeUnit.SECONDS);
  }

  @Test
  void closeWaitsForWhatIsOnItsWayAndThenRefuses() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false);
    listener.awaitEvent();
    CompletableFuture<Void> last = publish("a", "last words");
    int id = session.expect(FakeBroker.PUBLISH).published().id();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(transport::close);
    session.puback(id, 0);
    session.expect(FakeBroker.DISCONNECT);
    session.close();
    closed.get(30, TimeUnit.SECONDS);
    assertThat(last.get(30, TimeUnit.SECONDS)).isNull();
    assertThat(reasonOf(publish("a", "too late"))).isEqualTo(Reason.CLOSED);
  }

  @Test
  void closeReturnsAlsoWhenTheBrokerIsDeaf() throws Exception {
    transport.open(listener);
    broker.acceptClient(false);
    listener.awaitEvent();
    CompletableFuture<Void> unanswered = publish("a", "m");
    transport.close();
    assertThat(reasonOf(unanswered)).isEqualTo(Reason.CLOSED);
    awaitNoThreads();
  }

  @Test
  void closeWhileConnectingLeavesNoThread() throws Exception {
    transport.open(listener);
    broker.accept().expect(FakeBroker.CONNECT);
    transport.close();
    awaitNoThreads();
  }

  @Test
  void closeBeforeOpenAndTwiceIsHarmless() {
    transport.close();
    transport.close();
    assertThat(reasonOf(publish("a", "m"))).isEqualTo(Reason.CLOSED);
  }

  @Test
  void transportIsOpenedOnce() {
    transport.open(listener);
    assertThatThrownBy(() -> transport.open(listener)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void messagesWithoutConnectionWaitAtQosOneAndFailAtQosZero() throws Exception {
    CompletableFuture<Void> waiting = publish("a", "kept");
    CompletableFuture<Void> dropped =
        transport
            .publish(new Publication("a", ByteString.copyFromUtf8("x"), AT_MOST_ONCE, false))
            .toCompletableFuture();
    assertThat(reasonOf(dropped)).isEqualTo(Reason.NOT_CONNECTED);
    transport.open(listener);
    Session session = broker.acceptClient(false);
    session.puback(session.expect(FakeBroker.PUBLISH).published().id(), 0);
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void oneConnectionCostsThreeThreads() throws Exception {
    transport.open(listener);
    Session session = broker.acceptClient(false);
    CompletableFuture<Void> outcome = publish("a", "m");
    session.puback(session.expect(FakeBroker.PUBLISH).published().id(), 0);
    outcome.get(30, TimeUnit.SECONDS);
    PahoLoops.awaitOnlyLoops(pahoThreads());
    assertThat(pahoThreads()).hasSize(3).allMatch(Thread::isDaemon);
  }

  /** Whatever the client has sent by now lies before the answer to this SUBSCRIBE. */
  private void assertNothingElseComes(Session session) throws IOException {
    transport.subscribe("barrier", AT_LEAST_ONCE);
    assertThat(session.grant()).containsExactly("barrier 1");
    assertThat(session.available()).isZero();
  }

  private void awaitNoThreads() throws InterruptedException {
    for (Thread thread : pahoThreads()) {
      thread.join(30_000);
    }
    assertThat(pahoThreads()).isEmpty();
  }

  private static List<Thread> pahoThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("mqtt-faults-") || t.getName().contains(": faults-"))
        .toList();
  }

  private CompletableFuture<Void> publish(String topic, String payload) {
    return transport
        .publish(new Publication(topic, ByteString.copyFromUtf8(payload), AT_LEAST_ONCE, false))
        .toCompletableFuture();
  }

  private static Reason reasonOf(CompletableFuture<Void> outcome) {
    Optional<Throwable> failure = Optional.empty();
    try {
      outcome.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      failure = Optional.ofNullable(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      failure = Optional.of(e);
    }
    assertThat(failure).get().isInstanceOf(PublishException.class);
    return ((PublishException) failure.orElseThrow()).reason();
  }

  private PahoTransport transport(TransportSettings settings) {
    return new PahoTransport(settings, scheduler, new SplittableRandom(1));
  }

  private TransportSettings settings() {
    return TransportSettings.of(broker.address(), "faults-1")
        .withBackoff(new BackoffBounds(Duration.ofMillis(1), Duration.ofMillis(20)));
  }

  private static Duration second(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
