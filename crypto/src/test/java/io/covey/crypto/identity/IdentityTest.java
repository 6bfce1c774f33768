package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.SoftwareSigningKey;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final AgentId A = new AgentId("a");
  private static final Signer SIGNER = new Ed25519();

  private final TrialAuthority trial = TrialAuthority.create(FLEET, SIGNER);
  private final AgentIdentity agent = trial.enrol(A, 10);

  @Test
  void anEnrolledAgentSignsWithTheKeyThatItsCertificateNames() {
    byte[] message = "covey/test".getBytes(StandardCharsets.US_ASCII);
    Octets signature = agent.signingKey().sign(message);
    assertThat(SIGNER.verify(agent.certificate().identityKey(), message, signature)).isTrue();
    assertThat(agent.certificate().isIssuedBy(trial.authorityKey(), SIGNER)).isTrue();
    assertThat(agent.agent()).isEqualTo(A);
    assertThat(agent.fleet()).isEqualTo(FLEET);
    assertThat(agent.authorityKey()).isEqualTo(trial.authorityKey());
    assertThat(agent.coordinatorKey()).isEqualTo(trial.coordinator().publicKey());
  }

  private static SecretBytes secretOf(AgentIdentity agent) {
    return ((SoftwareSigningKey) agent.signingKey()).privateKey();
  }

  @Test
  void everyKeyOfAFleetIsAnother() {
    AgentIdentity again = trial.enrol(A, 11);
    assertThat(
            new SecretBytes[] {
              trial.authority().privateKey(),
              trial.coordinator().signingKey(),
              secretOf(agent),
              secretOf(again)
            })
        .doesNotHaveDuplicates();
  }

  @Test
  void aSeedReplaysEveryKeyAndAnotherSeedNone() {
    assertThat(keysOf(7)).isEqualTo(keysOf(7)).isNotEqualTo(keysOf(8));
    assertThat(trial.authorityKey())
        .isNotEqualTo(TrialAuthority.create(FLEET, SIGNER).authorityKey());
  }

  private static String keysOf(long seed) {
    TrialAuthority seeded = TrialAuthority.insecureSeeded(FLEET, SIGNER, seed);
    return seeded.coordinator().trust() + " " + seeded.enrol(A, 10).certificate();
  }

  @Test
  void partsThatDoNotBelongTogetherMakeNoAgent() {
    TrialAuthority other = TrialAuthority.create(FLEET, SIGNER);
    assertThatThrownBy(
            () ->
                new AgentIdentity(
                    agent.certificate(), agent.signingKey(), otherTrust(other), SIGNER))
        .hasMessage("the certificate is not by the authority");
    assertThatThrownBy(
            () ->
                new AgentIdentity(
                    agent.certificate(), trial.enrol(A, 11).signingKey(), agent.trust(), SIGNER))
        .hasMessage("the certificate is for another identity key");
    FleetTrust elsewhere =
        new FleetTrust(new FleetId("elsewhere"), agent.authorityKey(), agent.coordinatorKey());
    assertThatThrownBy(
            () -> new AgentIdentity(agent.certificate(), agent.signingKey(), elsewhere, SIGNER))
        .hasMessage("the certificate is for fleet home, expected elsewhere");
  }

  @Test
  void anAgentTakesNoEncryptionKeyButItsOwnByItsAuthority() {
    EncryptionIdentity own = agent.encryption().orElseThrow();
    EncryptionIdentity anothers = trial.enrol(new AgentId("b"), 10).encryption().orElseThrow();
    EncryptionIdentity foreign =
        TrialAuthority.create(FLEET, SIGNER).enrol(A, 10).encryption().orElseThrow();
    assertThatThrownBy(() -> agent.with(anothers))
        .hasMessageContaining("not the authority's for " + A);
    assertThatThrownBy(() -> agent.with(foreign))
        .hasMessageContaining("not the authority's for " + A);
    assertThatThrownBy(
            () ->
                new EncryptionIdentity(
                    own.certificate(), anothers.privateKey().copy(), new XWing()))
        .hasMessage("the certificate is for another encryption key");
    assertThatThrownBy(() -> agent.renew(foreign.certificate()))
        .hasMessageContaining("not the authority's");
    assertThatThrownBy(() -> agent.renew(trial.enrol(A, 20).encryption().get().certificate()))
        .hasMessageContaining("and its key");
    assertThat(own.toString()).contains("redacted");
    agent.close();
    assertThatThrownBy(() -> own.privateKey().reveal()).hasMessageContaining("wiped");
  }

  private static FleetTrust otherTrust(TrialAuthority other) {
    return other.coordinator().trust();
  }

  @Test
  void aCoordinatorWithAnotherKeyThanAgentsKnowIsNone() {
    SecretBytes other = trial.authority().privateKey().copy();
    assertThatThrownBy(() -> new CoordinatorIdentity(other, trial.coordinator().trust(), SIGNER))
        .hasMessageContaining("not the one whose public key agents are given");
  }

  @Test
  void theAuthorityCannotBeTheCoordinator() {
    Octets key = trial.authorityKey();
    assertThatThrownBy(() -> new FleetTrust(FLEET, key, key))
        .hasMessageContaining("the coordinator could enrol anybody");
  }

  @Test
  void closingWipesThePrivateKeysAndNothingPrintsThem() {
    String printed =
        agent + " " + agent.signingKey() + " " + trial.coordinator() + trial.authority();
    assertThat(printed)
        .doesNotContain(Octets.copyOf(secretOf(agent).reveal()).toHex())
        .doesNotContain(Octets.copyOf(trial.coordinator().signingKey().reveal()).toHex())
        .contains("redacted");
    agent.close();
    trial.close();
    assertThatThrownBy(() -> secretOf(agent).reveal()).hasMessageContaining("wiped");
    assertThatThrownBy(() -> trial.coordinator().signingKey().reveal())
        .hasMessageContaining("wiped");
    assertThatThrownBy(() -> trial.authority().privateKey().reveal()).hasMessageContaining("wiped");
  }
}
