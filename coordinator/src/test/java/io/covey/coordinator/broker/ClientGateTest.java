package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whom the gate lets in and keeps, at times of the test's. */
class ClientGateTest {
  private static final String COORDINATOR = "coordinator:home";

  private final TestFleet fleet = new TestFleet("33");
  private final Revocations revocations = fleet.revocations();
  private Instant now = Instant.now();
  private final ClientGate gate =
      new ClientGate(TestFleet.FLEET, COORDINATOR, revocations, () -> now);

  private Optional<String> refusal(String clientId, TlsIdentity member) {
    return gate.refusal(clientId, Optional.of(member.own()));
  }

  @Test
  void aMemberIsLetInUnderItsOwnNameOnly() {
    TlsIdentity alice = fleet.agent("alice");
    TlsIdentity coordinator = fleet.member(Role.COORDINATOR);
    assertThat(refusal("alice", alice)).isEmpty();
    assertThat(refusal(COORDINATOR, coordinator)).isEmpty();
    assertThat(refusal("bob", alice)).contains("its certificate is for alice");
    assertThat(refusal(COORDINATOR, alice)).contains("its certificate is for alice");
    assertThat(refusal("alice", coordinator)).contains("its certificate is for " + COORDINATOR);
    assertThat(gate.refusal("alice", Optional.empty())).contains("it has shown no certificate");
  }

  @Test
  void anAgentThatIsCalledLikeARoleIsNone() {
    assertThat(refusal("coordinator", fleet.agent("coordinator"))).isEmpty();
    assertThat(refusal(COORDINATOR, fleet.agent("coordinator"))).isPresent();
    assertThat(refusal("broker:home", fleet.member(Role.BROKER)))
        .contains("its certificate is not that of an agent or coordinator of the fleet");
  }

  @Test
  void anotherCoordinatorsNameIsNotTheOneThatIsExpected() {
    ClientGate other = new ClientGate(TestFleet.FLEET, "coordinator:barn", revocations, () -> now);
    X509Certificate coordinator = fleet.member(Role.COORDINATOR).own();
    assertThat(other.refusal(COORDINATOR, Optional.of(coordinator))).isPresent();
  }

  @Test
  void aConnectionDoesNotOutliveItsCertificate() {
    Validity hour = Validity.from(now, Duration.ofHours(1));
    TlsIdentity alice = fleet.agent("alice", hour);
    now = hour.notAfter();
    assertThat(refusal("alice", alice)).isEmpty();
    now = hour.notAfter().plusMillis(1);
    assertThat(refusal("alice", alice)).contains("its certificate has ended");
  }

  @Test
  void aRevocationCountsFromWhenItIsKnown() {
    TlsIdentity alice = fleet.agent("alice");
    TlsIdentity replacement = fleet.agent("alice");
    assertThat(refusal("alice", alice)).isEmpty();
    revocations.heed(fleet.revoke(alice));
    assertThat(refusal("alice", alice)).contains("its certificate was revoked");
    assertThat(refusal("alice", replacement)).isEmpty();
  }
}
