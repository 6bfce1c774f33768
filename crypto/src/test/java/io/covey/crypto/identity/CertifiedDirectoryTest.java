package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CertifiedDirectoryTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final AgentId A = new AgentId("a");
  private static final AgentId B = new AgentId("b");
  private static final AgentId C = new AgentId("c");

  private final CountingSigner signer = new CountingSigner();
  private final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, signer, 1);
  private final FleetVerifier verifier = new FleetVerifier(FLEET, authority.authorityKey(), signer);
  private Instant now = Instant.ofEpochSecond(100);
  private final CertifiedDirectory directory = new CertifiedDirectory(verifier, () -> now);

  /** Ed25519 that counts. */
  private static final class CountingSigner implements Signer {
    private final Signer real = new Ed25519();
    private final AtomicInteger verifications = new AtomicInteger();

    @Override
    public Octets publicKeyOf(SecretBytes privateKey) {
      return real.publicKeyOf(privateKey);
    }

    @Override
    public Octets sign(SecretBytes privateKey, byte[] message) {
      return real.sign(privateKey, message);
    }

    @Override
    public boolean verify(Octets publicKey, byte[] message, Octets signature) {
      verifications.incrementAndGet();
      return real.verify(publicKey, message, signature);
    }
  }

  private IdentityCertificate certificate(AgentId agent, long issuedAt) {
    return authority.enrol(agent, issuedAt).certificate();
  }

  @Test
  void whoWasAdmittedIsKnownByTheCertifiedKey() {
    IdentityCertificate certificate = certificate(A, 10);
    assertThat(directory.verificationKeyOf(A)).isEmpty();
    assertThat(directory.admit(A, certificate)).isEqualTo(Admission.ACCEPTED);
    assertThat(directory.verificationKeyOf(A)).contains(certificate.identityKey());
    assertThat(directory.certificateOf(A)).contains(certificate);
    assertThat(directory.verificationKeyOf(B)).isEmpty();
  }

  @Test
  void aCertificateIsVerifiedOnce() {
    IdentityCertificate certificate = certificate(A, 10);
    signer.verifications.set(0);
    for (int i = 0; i < 5; i++) {
      assertThat(directory.admit(A, certificate)).isEqualTo(Admission.ACCEPTED);
    }
    assertThat(signer.verifications).hasValue(1);
  }

  @Test
  void certificatesOfOtherFleetsAndOtherAgentsAreRefused() {
    TrialAuthority elsewhere = TrialAuthority.insecureSeeded(new FleetId("elsewhere"), signer, 1);
    assertThat(directory.admit(A, elsewhere.enrol(A, 10).certificate()))
        .isEqualTo(Admission.WRONG_FLEET);
    assertThat(directory.admit(A, certificate(B, 10))).isEqualTo(Admission.WRONG_AGENT);
    assertThat(directory.verificationKeyOf(A)).isEmpty();
    assertThat(directory.verificationKeyOf(B)).isEmpty();
  }

  @Test
  void theCoordinatorCannotEnrolAnybody() {
    FleetAuthority coordinator =
        new FleetAuthority(FLEET, authority.coordinator().signingKey().copy(), signer);
    Octets key = signer.publicKeyOf(SecretBytes.owning(new byte[32]));
    assertThat(directory.admit(A, coordinator.certify(certificate(A, 10).facts(), key)))
        .isEqualTo(Admission.BAD_SIGNATURE);
    assertThat(directory.verificationKeyOf(A)).isEmpty();
  }

  @Test
  void aNewerCertificateReplacesAndAnOlderOneDoesNotComeBack() {
    IdentityCertificate first = certificate(A, 10);
    IdentityCertificate second = certificate(A, 11);
    assertThat(directory.admit(A, first)).isEqualTo(Admission.ACCEPTED);
    assertThat(directory.admit(A, second)).isEqualTo(Admission.ACCEPTED);
    assertThat(directory.admit(A, first)).isEqualTo(Admission.NOT_NEWER);
    assertThat(directory.verificationKeyOf(A)).contains(second.identityKey());
    assertThat(directory.admit(A, certificate(A, 11)))
        .as("another one of the same second")
        .isEqualTo(Admission.NOT_NEWER);
  }

  @Test
  void aForgedNewerCertificateDoesNotTouchTheOneThatIsKnown() {
    IdentityCertificate good = certificate(A, 10);
    directory.admit(A, good);
    IdentityCertificate forged =
        new IdentityCertificate(certificate(A, 11).facts(), good.identityKey(), good.signature());
    assertThat(directory.admit(A, forged)).isEqualTo(Admission.BAD_SIGNATURE);
    assertThat(directory.certificateOf(A)).contains(good);
  }

  @Test
  void whatHasEndedOrNotBegunDoesNotCountAlsoIfItWasAdmittedBefore() {
    Validity hour = new Validity(1_000, 4_600);
    IdentityCertificate certificate =
        authority
            .authority()
            .enrol(A, hour, authority.coordinator().trust(), Prg.aesCtr().expand(seed()))
            .certificate();
    assertThat(directory.admit(A, certificate)).isEqualTo(Admission.NOT_VALID_NOW);
    now = Instant.ofEpochSecond(4_600);
    assertThat(directory.admit(A, certificate)).isEqualTo(Admission.ACCEPTED);
    now = Instant.ofEpochSecond(4_600 + Validity.CLOCK_TOLERANCE.toSeconds() + 1);
    assertThat(directory.verificationKeyOf(A)).isEmpty();
    assertThat(directory.admit(A, certificate)).isEqualTo(Admission.NOT_VALID_NOW);
  }

  private static SecretBytes seed() {
    return SecretBytes.owning(new byte[Prg.SEED_BYTES]);
  }

  @Test
  void whoIsRevokedIsUnknownFromThenOn() {
    IdentityCertificate first = certificate(A, 10);
    directory.admit(A, first);
    RevocationList list =
        authority
            .authority()
            .revoke(RevocationList.none(FLEET, now).next(now, List.of(first.facts().serial())));
    assertThat(directory.revocations().heed(list)).isEqualTo(Revocations.Verdict.TAKEN);
    assertThat(directory.verificationKeyOf(A)).isEmpty();
    assertThat(directory.admit(A, first)).isEqualTo(Admission.REVOKED);
    assertThat(directory.admit(A, certificate(A, 11))).isEqualTo(Admission.ACCEPTED);
  }

  @Test
  void whoWasAskedForLeastRecentlyIsForgotten() {
    CertifiedDirectory small = new CertifiedDirectory(verifier, () -> now, 2);
    small.admit(A, certificate(A, 1));
    small.admit(B, certificate(B, 1));
    assertThat(small.verificationKeyOf(A)).isPresent();
    small.admit(C, certificate(C, 1));
    assertThat(small.verificationKeyOf(A)).isPresent();
    assertThat(small.verificationKeyOf(B)).isEmpty();
    assertThat(small.verificationKeyOf(C)).isPresent();
    assertThatThrownBy(() -> new CertifiedDirectory(verifier, () -> now, 0))
        .hasMessageContaining("capacity of 0");
  }

  @Test
  void fromManyThreadsTheNewestStands() throws Exception {
    List<IdentityCertificate> certificates = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      certificates.add(certificate(A, i));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Admission>> tasks = new ArrayList<>();
      certificates.forEach(certificate -> tasks.add(() -> directory.admit(A, certificate)));
      for (Future<Admission> admission : threads.invokeAll(tasks)) {
        assertThat(admission.get()).isIn(Admission.ACCEPTED, Admission.NOT_NEWER);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(directory.certificateOf(A)).contains(certificates.get(49));
  }
}
