package io.covey.protocols.transport;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;
import static io.covey.protocols.transport.QualityOfService.AT_MOST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a connection is given up, and what the next one is told, to the second. */
final class ConnectionKeeperTest {
  private static final TransportSettings SETTINGS =
      TransportSettings.of(URI.create("mqtt://localhost:1"), "client")
          .withBackoff(new BackoffBounds(Duration.ofMillis(1), Duration.ofMillis(1)));

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final List<ScriptedConnection> connections = new ArrayList<>();
  private final RecordingListener listener = new RecordingListener();
  private final GuardedListener guarded = GuardedListener.failing(SETTINGS);
  private final ConnectionKeeper keeper =
      new ConnectionKeeper(SETTINGS, time, new SplittableRandom(1), guarded, this::connection);
  private boolean refusing;

  @Test
  void attemptWithoutAnswerIsGivenUpAfterTheConnectTimeout() {
    open();
    runFor(Duration.ofMillis(9_999));
    assertThat(connections).hasSize(1);
    runFor(Duration.ofMillis(2));
    assertThat(connections).hasSize(2);
    assertThat(connections.get(0).log).containsExactly("connect", "abort");
    assertThat(listener.events).isEmpty();
  }

  @Test
  void subscribingCountsAsConnecting() {
    open();
    keeper.subscribe("a", AT_LEAST_ONCE);
    first().holdingAnswers = true;
    first().accept(false);
    runFor(Duration.ofMillis(10_001));
    assertThat(first().log).contains("abort");
  }

  @Test
  void silenceOfTwoKeepAlivesEndsTheConnection() {
    connected();
    first().silence = Duration.ofSeconds(60);
    runFor(Duration.ofMinutes(5));
    assertThat(connections).hasSize(1);
    first().silence = Duration.ofSeconds(61);
    runFor(Duration.ofSeconds(15));
    assertThat(listener.events)
        .containsExactly("connected anew", "disconnected: the broker has been silent for PT1M1S");
    assertThat(first().log).endsWith("abort");
  }

  @Test
  void unansweredMessageEndsTheConnectionAfterTwoKeepAlives() {
    connected();
    runFor(Duration.ofMinutes(5));
    PendingPublication pending = publish("a");
    runFor(Duration.ofSeconds(59));
    assertThat(connections).hasSize(1);
    runFor(Duration.ofSeconds(17));
    assertThat(listener.events.get(1)).contains("acknowledged nothing");
    second().accept(true);
    assertThat(second().published).containsExactly(pending);
  }

  @Test
  void anyAnswerIsProgress() {
    connected();
    publish("slow");
    for (int i = 0; i < 20; i++) {
      PendingPublication pending = publish("m" + i);
      runFor(Duration.ofSeconds(30));
      first().answer(pending, null);
    }
    assertThat(connections).hasSize(1);
  }

  @Test
  void clientThatHasGivenUpWithoutAWordIsFound() {
    connected();
    first().standing = false;
    runFor(Duration.ofSeconds(15));
    assertThat(listener.events.get(1)).contains("given up");
  }

  @Test
  void signsOfLifeFromAnEarlierConnectionCountForNothing() {
    connected();
    PendingPublication pending = publish("a");
    ScriptedConnection old = first();
    old.lose("cut");
    runFor(Duration.ofMillis(2));
    second().accept(true);
    old.accept(true);
    old.answer(pending, null);
    old.lose("cut again");
    assertThat(pending.stage().toCompletableFuture()).isNotDone();
    assertThat(listener.events)
        .containsExactly("connected anew", "disconnected: cut", "connected again");
    second().answer(pending, null);
    time.runFor(Duration.ZERO);
    assertThat(pending.stage().toCompletableFuture()).isCompleted();
  }

  @Test
  void windowIsTheConnections() {
    connected();
    first().window = 2;
    List<PendingPublication> all = List.of(publish("a"), publish("b"), publish("c"));
    assertThat(first().published).isEqualTo(all.subList(0, 2));
    first().answer(all.get(0), null);
    assertThat(first().published).isEqualTo(all);
  }

  @Test
  void messageAtQosZeroThatStillWaitedIsDroppedWithItsConnection() {
    connected();
    first().window = 1;
    PendingPublication kept = publish("a");
    PendingPublication dropped =
        new PendingPublication(new Publication("b", ByteString.EMPTY, AT_MOST_ONCE, false));
    keeper.publish(dropped);
    first().lose("cut");
    runFor(Duration.ofMillis(2));
    second().accept(true);
    assertThat(second().published).containsExactly(kept);
    assertThat(dropped.stage().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void connectionThatCannotBeginIsTriedAgain() {
    refusing = true;
    open();
    runFor(Duration.ofSeconds(1));
    assertThat(connections).isEmpty();
    refusing = false;
    runFor(Duration.ofSeconds(1));
    assertThat(connections).hasSize(1);
  }

  @Test
  void whatWasAskedForWhileTheSubscribeWasOnItsWayIsAskedForNext() {
    open();
    keeper.subscribe("a", AT_LEAST_ONCE);
    keeper.subscribe("b", AT_LEAST_ONCE);
    first().holdingAnswers = true;
    first().accept(true);
    keeper.subscribe("c", AT_LEAST_ONCE);
    keeper.unsubscribe("a");
    first().releaseAnswers();
    assertThat(first().log)
        .containsExactly(
            "connect", "subscribe [a, b] if new", "unsubscribe a", "subscribe [c] always");
  }

  private void open() {
    guarded.set(listener);
    keeper.connect();
  }

  private void connected() {
    open();
    first().accept(false);
    assertThat(listener.events).containsExactly("connected anew");
  }

  private PendingPublication publish(String topic) {
    PendingPublication pending =
        new PendingPublication(new Publication(topic, ByteString.EMPTY, AT_LEAST_ONCE, false));
    keeper.publish(pending);
    return pending;
  }

  private ScriptedConnection first() {
    return connections.get(0);
  }

  private ScriptedConnection second() {
    return connections.get(1);
  }

  private void runFor(Duration duration) {
    time.runFor(duration);
  }

  private BrokerConnection connection(BrokerConnection.Events events) throws IOException {
    if (refusing) {
      throw new IOException("expected in this test");
    }
    ScriptedConnection connection = new ScriptedConnection(events);
    connections.add(connection);
    return connection;
  }

  /** Does what the test says. */
  private static final class ScriptedConnection implements BrokerConnection {
    private final Events events;
    private final List<String> log = new ArrayList<>();
    private final List<PendingPublication> published = new ArrayList<>();
    private final List<Runnable> heldAnswers = new ArrayList<>();
    private boolean holdingAnswers;
    private boolean standing = true;
    private int window = 10;
    private Duration silence = Duration.ZERO;

    ScriptedConnection(Events events) {
      this.events = events;
    }

    void accept(boolean sessionPresent) {
      events.onAccepted(this, sessionPresent);
    }

    void answer(PendingPublication pending, @Nullable String refusal) {
      events.onPublished(this, pending, refusal);
    }

    void lose(String reason) {
      events.onLost(this, reason);
    }

    void releaseAnswers() {
      holdingAnswers = false;
      heldAnswers.forEach(Runnable::run);
    }

    @Override
    public void connect() {
      log.add("connect");
    }

    @Override
    public void subscribe(
        Map<String, QualityOfService> filters, boolean retainedAlways, Runnable done) {
      if (!filters.isEmpty()) {
        log.add("subscribe " + filters.keySet() + (retainedAlways ? " always" : " if new"));
      }
      if (holdingAnswers) {
        heldAnswers.add(done);
      } else {
        done.run();
      }
    }

    @Override
    public void unsubscribe(String filter, Runnable done) {
      log.add("unsubscribe " + filter);
      done.run();
    }

    @Override
    public int window() {
      return window;
    }

    @Override
    public boolean takes(Publication publication) {
      return true;
    }

    @Override
    public void publish(PendingPublication publication) {
      published.add(publication);
    }

    @Override
    public Duration keepAlive() {
      return SETTINGS.keepAlive();
    }

    @Override
    public Duration silence() {
      return silence;
    }

    @Override
    public boolean isConnected() {
      return standing;
    }

    @Override
    public void abort() {
      log.add("abort");
    }

    @Override
    public void disconnect(Duration timeout, boolean willDue) {
      log.add("disconnect");
    }
  }
}
