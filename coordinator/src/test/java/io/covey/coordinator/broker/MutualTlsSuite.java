package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.identity.x509.X509;
import io.covey.protocols.id.Sha256;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;

/**
 * What a device with a certificate may not do to another, tried on a broker. Whether a broker says
 * no or does nothing is its own affair: what counts is that nobody else hears or misses a thing.
 */
interface MutualTlsSuite {
  String COORDINATOR = "coordinator:home";
  String TREE = "covey/v1/home/";

  TestFleet fleet();

  URI uri();

  /** Makes the broker heed the fleet's newest list. */
  void heedRevocations(String... revokedAgents) throws Exception;

  private TestClient agent(String name) throws MqttException {
    return TestClient.connect(uri(), name, TestFleet.client(fleet().agent(name)));
  }

  private TestClient coordinator() throws MqttException {
    return TestClient.connect(
        uri(), COORDINATOR, TestFleet.client(fleet().member(Role.COORDINATOR)));
  }

  @Test
  default void coordinatorAndAgentReachEachOther() throws Exception {
    try (TestClient coordinator = coordinator();
        TestClient alice = agent("alice")) {
      coordinator.subscribe(TREE + "d/+/up/#");
      alice.subscribe(TREE + "d/alice/down/#");
      alice.subscribe(TREE + "model/#");
      alice.subscribe(TREE + "trust/#");
      alice.publish(TREE + "d/alice/up/telemetry", "hello", 1, false);
      assertThat(coordinator.next()).isEqualTo(TREE + "d/alice/up/telemetry=hello");
      for (String topic : new String[] {"d/alice/down/desired", "model/m/d/0", "trust/timestamp"}) {
        coordinator.publish(TREE + topic, "x", 1, false);
        assertThat(alice.next()).isEqualTo(TREE + topic + "=x");
      }
    }
  }

  @Test
  default void aDeviceCannotPublishAsAnother() throws Exception {
    try (TestClient coordinator = coordinator();
        TestClient alice = agent("alice")) {
      coordinator.subscribe(TREE + "d/+/up/#");
      for (String topic :
          new String[] {
            "d/alice/up/reported",
            "d/alice/down/desired",
            "d/mallory/down/desired",
            "model/m/d/0",
            "trust/timestamp"
          }) {
        // A client of its own each time: some brokers disconnect whoever tries.
        TestClient mallory = agent("mallory");
        assertThat(mallory.publish(TREE + topic, "forged", 1, true)).as(topic).isNotZero();
        mallory.abandon();
      }
      alice.subscribe(TREE + "d/alice/down/#");
      alice.subscribe(TREE + "model/#");
      alice.subscribe(TREE + "trust/#");
      alice.publish(TREE + "d/alice/up/reported", "real", 1, false);
      assertThat(coordinator.next()).isEqualTo(TREE + "d/alice/up/reported=real");
      coordinator.publish(TREE + "d/alice/down/desired", "real", 1, false);
      assertThat(alice.next())
          .as("nothing forged was retained")
          .isEqualTo(TREE + "d/alice/down/desired=real");
    }
  }

  @Test
  default void aDeviceCannotReadForAnother() throws Exception {
    try (TestClient coordinator = coordinator();
        TestClient alice = agent("alice");
        TestClient mallory = agent("mallory")) {
      for (String filter :
          new String[] {
            "d/alice/down/#", "d/alice/up/#", "d/+/down/#", "d/#", "#", "d/+/up/reported"
          }) {
        mallory.subscribe(TREE + filter);
      }
      mallory.subscribe("#");
      mallory.subscribe("$share/thieves/" + TREE + "d/alice/down/#");
      mallory.subscribe(TREE + "d/mallory/down/#");
      alice.subscribe(TREE + "d/alice/down/#");
      coordinator.publish(TREE + "d/alice/down/desired", "secret", 1, false);
      assertThat(alice.next()).isEqualTo(TREE + "d/alice/down/desired=secret");
      alice.publish(TREE + "d/alice/up/reported", "secret", 1, false);
      // What comes in order after the secrets: had mallory a part of them, it would have it now.
      coordinator.publish(TREE + "d/mallory/down/desired", "own", 1, false);
      assertThat(mallory.next()).isEqualTo(TREE + "d/mallory/down/desired=own");
      // Some brokers send a message once for each subscription that it matches.
      assertThat(mallory.heard())
          .allSatisfy(m -> assertThat(m).isEqualTo(TREE + "d/mallory/down/desired=own"));
    }
  }

  @Test
  default void aDeviceCannotTakeTheSessionOfAnother() throws Exception {
    try (TestClient coordinator = coordinator();
        TestClient alice = agent("alice")) {
      coordinator.subscribe(TREE + "d/+/up/#");
      alice.subscribe(TREE + "d/alice/down/#");
      SSLContext mallory = TestFleet.client(fleet().agent("mallory"));
      for (String victim : new String[] {"alice", COORDINATOR}) {
        try (TestClient posing = TestClient.connect(uri(), victim, mallory)) {
          // A broker that lets it in has given it the session of its own name.
          posing.subscribe(TREE + "d/" + victim + "/down/#");
          posing.subscribe(TREE + "d/mallory/down/#");
          coordinator.publish(TREE + "d/alice/down/desired", "secret", 1, false);
          assertThat(alice.next()).isEqualTo(TREE + "d/alice/down/desired=secret");
          coordinator.publish(TREE + "d/mallory/down/desired", "own", 1, false);
          assertThat(posing.next()).isEqualTo(TREE + "d/mallory/down/desired=own");
        } catch (MqttException e) {
          assertThat(e.getReasonCode()).as("refused").isNotZero();
        }
      }
      alice.publish(TREE + "d/alice/up/telemetry", "still here", 1, false);
      assertThat(coordinator.next()).isEqualTo(TREE + "d/alice/up/telemetry=still here");
    }
  }

  @Test
  default void whoHasNoCertificateOfTheFleetIsNotLetIn() {
    SSLContext none =
        FleetTls.firstContact(Sha256.of(X509.der(fleet().authority().root()).toBytes()));
    assertRefused("alice", none);
    TlsIdentity foreign = new TestFleet("77").agent("alice");
    assertRefused("alice", TestFleet.client(foreign));
    assertRefused("alice", TestFleet.client(fleet().member(Role.BROKER)));
    Instant longAgo = Instant.now().minus(Duration.ofDays(30));
    TlsIdentity ended = fleet().agent("alice", Validity.from(longAgo, Duration.ofDays(29)));
    assertRefused("alice", TestFleet.client(ended));
  }

  private void assertRefused(String clientId, SSLContext tls) {
    assertThatThrownBy(() -> TestClient.connect(uri(), clientId, tls).close())
        .isInstanceOf(MqttException.class);
  }

  @Test
  default void whoIsRevokedLosesItsConnectionOrAllItsRightsAndIsNotLetInAgain() throws Exception {
    TlsIdentity revoked = fleet().agent("carol");
    SSLContext carols = TestFleet.client(revoked);
    TestClient carol = TestClient.connect(uri(), "carol", carols);
    try (TestClient coordinator = coordinator();
        TestClient alice = agent("alice")) {
      coordinator.subscribe(TREE + "d/+/up/telemetry");
      carol.publish(TREE + "d/carol/up/telemetry", "member", 1, false);
      assertThat(coordinator.next()).isEqualTo(TREE + "d/carol/up/telemetry=member");
      fleet().revoke(revoked);
      heedRevocations("carol");
      awaitPowerless(carol);
      carol.abandon();
      alice.publish(TREE + "d/alice/up/telemetry", "others stay", 1, false);
      assertThat(coordinator.next()).isEqualTo(TREE + "d/alice/up/telemetry=others stay");
      assertRefused("carol", carols);
    }
  }

  /** Returns once the client can no longer publish, which the suite's brokers do in moments. */
  private static void awaitPowerless(TestClient client) throws MqttException {
    long deadline = System.nanoTime() + TestClient.TIMEOUT_MILLIS * 1_000_000;
    while (System.nanoTime() < deadline) {
      try {
        if (client.publish(TREE + "d/carol/up/probe", "?", 1, false) != 0) {
          return;
        }
      } catch (MqttException e) {
        // Disconnected.
        return;
      }
    }
    throw new AssertionError("the client still publishes");
  }
}
