package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.id.FleetId;
import io.covey.protocols.transport.ObservedMessage;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One broker, used as agents, coordinators and strangers would. */
class EmbeddedBrokerTest {
  private static final String COORDINATOR = "covey/coordinator";
  private static final int NOT_AUTHORIZED = 0x87;
  private static final int CLIENT_ID_NOT_VALID = 0x85;
  private static final int SESSION_TAKEN_OVER = 0x8E;
  private static final int NO_REASON = 0;
  private static final int PACKET_TOO_LARGE = 0x95;
  private static final String UP = "covey/v1/home/d/alice/up/telemetry";
  private static final String DOWN = "covey/v1/home/d/alice/down/desired";

  private static EmbeddedBroker broker;
  private static URI uri;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(BrokerSettings.onLoopback(new FleetId("home"), COORDINATOR));
    uri = broker.uri();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void coordinatorAndAgentReachEachOther() throws Exception {
    try (TestClient coordinator = TestClient.connect(uri, COORDINATOR);
        TestClient alice = TestClient.connect(uri, "alice")) {
      assertThat(coordinator.subscribe("covey/v1/home/d/+/up/#")).isEqualTo(1);
      assertThat(alice.subscribe("covey/v1/home/d/alice/down/#")).isEqualTo(1);
      assertThat(alice.publish(UP, "hello", 1, false)).isZero();
      assertThat(coordinator.next()).isEqualTo(UP + "=hello");
      assertThat(coordinator.publish(DOWN, "welcome", 1, false)).isZero();
      assertThat(alice.next()).isEqualTo(DOWN + "=welcome");
    }
  }

  @Test
  void everybodyReadsModelsAndTrustButOnlyTheCoordinatorWritesThem() throws Exception {
    try (TestClient coordinator = TestClient.connect(uri, COORDINATOR);
        TestClient alice = TestClient.connect(uri, "alice");
        TestClient mallory = TestClient.connect(uri, "mallory")) {
      assertThat(alice.subscribe("covey/v1/home/model/digits/+")).isEqualTo(1);
      assertThat(alice.subscribe("covey/v1/home/trust/timestamp")).isEqualTo(1);
      assertThat(mallory.publish("covey/v1/home/model/digits/1", "mine", 1, true))
          .isEqualTo(NOT_AUTHORIZED);
      assertThat(coordinator.publish("covey/v1/home/trust/timestamp", "signed", 1, false)).isZero();
      assertThat(alice.next()).isEqualTo("covey/v1/home/trust/timestamp=signed");
    }
  }

  @Test
  void aForeignPublicationIsRefusedAndReachesNobody() throws Exception {
    long before = broker.refusals();
    try (TestClient coordinator = TestClient.connect(uri, COORDINATOR);
        TestClient alice = TestClient.connect(uri, "alice");
        TestClient mallory = TestClient.connect(uri, "mallory")) {
      coordinator.subscribe("covey/v1/home/d/+/up/#");
      alice.subscribe("covey/v1/home/d/alice/down/#");
      assertThat(mallory.publish(UP, "I am alice", 1, false)).isEqualTo(NOT_AUTHORIZED);
      assertThat(mallory.disconnected()).isEqualTo(NOT_AUTHORIZED);
      assertThat(alice.publish(UP, "it is me", 1, false)).isZero();
      assertThat(coordinator.next()).isEqualTo(UP + "=it is me");
    }
    assertThat(broker.refusals()).isEqualTo(before + 1);
  }

  @Test
  void aForeignSubscriptionIsRefused() throws Exception {
    try (TestClient mallory = TestClient.connect(uri, "mallory")) {
      assertThat(mallory.subscribe("covey/v1/home/d/alice/down/#")).isEqualTo(NOT_AUTHORIZED);
    }
  }

  @Test
  void aWillForAForeignTopicIsRefused() {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setWill(
        "covey/v1/home/d/alice/up/presence", new MqttMessage(new byte[] {1}, 1, true, null));
    assertThatThrownBy(() -> TestClient.connect(uri, "mallory", options))
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(NOT_AUTHORIZED));
  }

  @Test
  void anIdThatCouldBeNoAgentIsRefused() {
    assertThatThrownBy(() -> TestClient.connect(uri, "covey/other"))
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(CLIENT_ID_NOT_VALID));
  }

  @Test
  void aMessageBeyondTheLimitEndsTheConnection() throws Exception {
    try (TestClient coordinator = TestClient.connect(uri, COORDINATOR)) {
      coordinator.publish(DOWN, new byte[BrokerConfiguration.PACKET_BYTES + 1], 0, false);
      // The rest of the packet is unread when the broker closes: TCP may then reset the connection
      // before the reason is read.
      assertThat(coordinator.disconnected()).isIn(PACKET_TOO_LARGE, NO_REASON);
    }
  }

  @Test
  void itAnnouncesLimitsThatSuitPaho() throws Exception {
    MqttProperties announced = TestClient.announcement(uri, "alice");
    assertThat(announced.getReceiveMaximum()).isEqualTo(256);
    assertThat(announced.getMaximumPacketSize()).isEqualTo(256L * 1024);
    assertThat(announced.getMaximumQoS()).isEqualTo(1);
    assertThat(announced.getTopicAliasMaximum()).isIn(null, 0);
  }

  @Test
  void anObserverSeesWhatIsPublishedAndByWhomAndItsFaultsHarmNobody() throws Exception {
    BlockingQueue<ObservedMessage> seen = new LinkedBlockingQueue<>();
    broker.observe(
        message -> {
          throw new IllegalStateException("a faulty observer");
        });
    broker.observe(
        message -> {
          if (message.senderClientId().equals("observed")) {
            seen.add(message);
          }
        });
    try (TestClient client = TestClient.connect(uri, "observed")) {
      client.publish("covey/v1/home/d/observed/up/reported", "seen", 1, true);
    }
    ObservedMessage message = seen.poll(TestClient.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    assertThat(message).isNotNull();
    assertThat(message.publication())
        .isEqualTo(
            new Publication(
                "covey/v1/home/d/observed/up/reported",
                com.google.protobuf.ByteString.copyFromUtf8("seen"),
                QualityOfService.AT_LEAST_ONCE,
                true));
  }

  @Test
  void connectionsAreListedWhileTheyLast() throws Exception {
    TestClient client = TestClient.connect(uri, "listed");
    assertThat(broker.connections()).contains(new BrokerConnection("listed", false, false));
    client.close();
    try (TestClient other = TestClient.connect(uri, "another")) {
      awaitGone("listed");
      assertThat(broker.connections()).extracting(BrokerConnection::clientId).contains("another");
    }
  }

  @Test
  void aClientThatConnectsAgainIsListedOnce() throws Exception {
    try (TestClient first = TestClient.connect(uri, "twice")) {
      TestClient second = TestClient.connect(uri, "twice");
      assertThat(first.disconnected()).isEqualTo(SESSION_TAKEN_OVER);
      assertThat(ids()).containsOnlyOnce("twice");
      second.close();
      awaitGone("twice");
    }
  }

  /** The broker hears of the end of a connection after the client has. */
  private static void awaitGone(String clientId) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TestClient.TIMEOUT_MILLIS);
    while (ids().contains(clientId) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(ids()).doesNotContain(clientId);
  }

  private static List<String> ids() {
    return broker.connections().stream().map(BrokerConnection::clientId).toList();
  }
}
