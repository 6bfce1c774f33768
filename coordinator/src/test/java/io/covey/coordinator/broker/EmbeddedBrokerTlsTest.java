package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.Role;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTlsTest implements MutualTlsSuite {
  private static final int NOT_AUTHORIZED = 0x87;
  private static final TestFleet FLEET = new TestFleet("11");
  private static final Revocations REVOCATIONS = FLEET.revocations();

  @TempDir private static Path directory;

  private static EmbeddedBroker broker;

  @BeforeAll
  static void start() {
    BrokerSettings loopback = BrokerSettings.onLoopback(TestFleet.FLEET, COORDINATOR);
    broker =
        EmbeddedBroker.start(
            new BrokerSettings(
                loopback.fleet(),
                COORDINATOR,
                loopback.bindAddress(),
                0,
                Optional.of(directory),
                loopback.limits(),
                Optional.of(new BrokerTls(FLEET.member(Role.BROKER), REVOCATIONS))));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Override
  public TestFleet fleet() {
    return FLEET;
  }

  @Override
  public URI uri() {
    return broker.uri();
  }

  @Override
  public void heedRevocations(String... revokedAgents) {
    assertThat(REVOCATIONS.heed(FLEET.list())).isEqualTo(Revocations.Verdict.TAKEN);
  }

  @Test
  void connectionsAreSeenToBeMutuallyAuthenticated() throws Exception {
    assertThat(broker.uri().getScheme()).isEqualTo("mqtts");
    try (TestClient client =
        TestClient.connect(uri(), "listed", TestFleet.client(FLEET.agent("listed")))) {
      assertThat(client.heard()).isEmpty();
      assertThat(broker.connections()).contains(new BrokerConnection("listed", true, true));
    }
  }

  @Test
  void aClientIdThatIsNotTheCertificatesIsRefusedByName() {
    assertThatThrownBy(
            () -> TestClient.connect(uri(), "alice", TestFleet.client(FLEET.agent("mallory"))))
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(NOT_AUTHORIZED));
    assertThatThrownBy(
            () ->
                TestClient.connect(
                    uri(), "alice", TestFleet.client(FLEET.member(Role.COORDINATOR))))
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(NOT_AUTHORIZED));
  }

  @Test
  void aRevokedClientIsDisconnectedAndToldSo() throws Exception {
    var dave = FLEET.agent("dave");
    try (TestClient client = TestClient.connect(uri(), "dave", TestFleet.client(dave))) {
      FLEET.revoke(dave);
      heedRevocations();
      assertThat(client.disconnected()).isEqualTo(NOT_AUTHORIZED);
    }
    assertThat(BrokerTls.SWEEP)
        .as("five seconds are promised, with the news on its way in them")
        .isLessThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void keysLieInFilesThatOnlyTheirOwnerReads() throws Exception {
    try (Stream<Path> files = Files.list(directory.resolve("conf"))) {
      List<Path> all = files.toList();
      assertThat(all)
          .extracting(file -> file.getFileName().toString())
          .contains("config.xml", "broker.p12", "trusted.p12");
      for (Path file : all) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }
}
