package io.covey.crypto.identity.x509;

import static io.covey.crypto.identity.x509.TestFleetAuthority.PRIMITIVES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CertificatesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final TestFleetAuthority home = new TestFleetAuthority("home", NOW);
  private final TestFleetAuthority barn = new TestFleetAuthority("barn", NOW);

  @Test
  void oneEnrolmentGivesCertificatesThatBelongTogether() throws Exception {
    SoftwareDeviceKeys keys = home.deviceKeys();
    EnrolledCertificates enrolled = home.enrol("kitchen", keys);
    X509Certificate own = enrolled.chain().get(0);
    CertificateChain.validate(enrolled.chain(), home.root.certificate(), NOW);
    assertThat(own.getPublicKey()).isEqualTo(keys.tlsKey());
    assertThat(own.getSubjectX500Principal().getName()).isEqualTo("CN=kitchen,O=home");
    assertThat(own.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(own.getBasicConstraints()).isEqualTo(-1);
    assertThat(MemberName.of(own))
        .contains(MemberName.agent(new FleetId("home"), new AgentId("kitchen")));
    assertThat(X509.serialOf(own)).contains(enrolled.identity().facts().serial());
    assertThat(own.getNotAfter().toInstant()).isEqualTo(enrolled.facts().validity().notAfter());
    assertThat(enrolled.identity().identityKey()).isEqualTo(keys.identityKey());
    assertThat(enrolled.encryption().encryptionKey()).isEqualTo(keys.encryptionKey());
    Octets authorityKey = home.issuing.authority().publicKey();
    assertThat(enrolled.identity().isIssuedBy(authorityKey, PRIMITIVES.signer())).isTrue();
    assertThat(enrolled.encryption().isIssuedBy(authorityKey, PRIMITIVES.signer())).isTrue();
  }

  @Test
  void certificatesOfDifferentEnrolmentsAreNotTakenForOne() {
    SoftwareDeviceKeys keys = home.deviceKeys();
    EnrolledCertificates first = home.enrol("kitchen", keys);
    EnrolledCertificates second = home.enrol("kitchen", keys);
    assertThatThrownBy(
            () -> new EnrolledCertificates(first.chain(), second.identity(), second.encryption()))
        .hasMessageContaining("different enrolments");
    assertThatThrownBy(
            () -> new EnrolledCertificates(first.chain(), first.identity(), second.encryption()))
        .hasMessageContaining("different enrolments");
  }

  @Test
  void aChainCountsUnderItsOwnRootAndWithinItsTimeOnly() {
    List<X509Certificate> chain = home.enrol("kitchen", home.deviceKeys()).chain();
    X509Certificate root = home.root.certificate();
    Instant end = NOW.plus(Duration.ofDays(90));
    CertificateChain.validate(chain, root, end);
    assertThatThrownBy(() -> CertificateChain.validate(chain, root, end.plusSeconds(1)))
        .hasMessageContaining("the chain does not hold");
    assertThatThrownBy(() -> CertificateChain.validate(chain, root, NOW.minusSeconds(301)))
        .hasMessageContaining("the chain does not hold");
    assertThatThrownBy(() -> CertificateChain.validate(chain, barn.root.certificate(), NOW))
        .hasMessageContaining("does not end in the fleet's root");
    List<X509Certificate> mixed =
        List.of(chain.get(0), barn.issuing.certificate(), barn.root.certificate());
    assertThatThrownBy(() -> CertificateChain.validate(mixed, barn.root.certificate(), NOW))
        .hasMessageContaining("the chain does not hold");
  }

  @Test
  void anAgentCannotIssueCertificates() {
    TlsIdentity agent = home.agent("kitchen");
    List<X509Certificate> below =
        List.of(home.agent("cellar").own(), agent.own(), home.issuing.certificate(), agent.root());
    assertThatThrownBy(() -> CertificateChain.validate(below, agent.root(), NOW))
        .hasMessageContaining("the chain does not hold");
    assertThat(home.issuing.certificate().getBasicConstraints()).isZero();
  }

  @Test
  void theIssuingAuthorityIssuesForItsFleetOnlyAndNoAgentsWithoutARequest() {
    var key = P256Keys.generate().getPublic();
    IssuingAuthority.Term term = home.term(Duration.ofDays(1));
    assertThatThrownBy(
            () ->
                home.issuing.certify(
                    MemberName.of(barn.fleet, Role.BROKER), List.of("localhost"), key, term))
        .hasMessageContaining("expected a server or coordinator of home");
    assertThatThrownBy(
            () ->
                home.issuing.certify(
                    MemberName.agent(home.fleet, new AgentId("k")), List.of(), key, term))
        .hasMessageContaining("expected a server or coordinator");
    assertThatThrownBy(
            () ->
                home.issuing.certify(MemberName.of(home.fleet, Role.BROKER), List.of(), key, term))
        .hasMessageContaining("servers need some");
    assertThatThrownBy(
            () ->
                home.root.certify(
                    new FleetAuthority(
                        barn.fleet, SecretBytes.owning(new byte[32]), PRIMITIVES.signer()),
                    NOW,
                    home.random))
        .hasMessage("an authority of fleet barn, expected home");
  }

  @Test
  void theRootKeepsToItsOwnKey() {
    assertThatThrownBy(
            () ->
                new FleetRoot(
                    home.fleet,
                    home.root.privateKey().copy(),
                    barn.root.certificate(),
                    PRIMITIVES.signer()))
        .hasMessage("the root's certificate is for another key");
    assertThatThrownBy(
            () ->
                home.root.certify(
                    new FleetAuthority(
                        home.fleet, home.root.privateKey().copy(), PRIMITIVES.signer()),
                    NOW,
                    home.random))
        .hasMessageContaining("make one of its own");
    assertThatThrownBy(
            () ->
                new IssuingAuthority(
                    home.issuing.authority(), home.issuing.certificate(), barn.root.certificate()))
        .hasMessageContaining("is not by");
  }

  @Test
  void brokersReadTheRevocationList() throws Exception {
    EnrolledCertificates revoked = home.enrol("kitchen", home.deviceKeys());
    EnrolledCertificates good = home.enrol("cellar", home.deviceKeys());
    RevocationList list =
        home.issuing
            .authority()
            .revoke(
                RevocationList.none(home.fleet, NOW).next(NOW, List.of(revoked.facts().serial())));
    X509CRL crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(home.issuing.crl(list).toBytes()));
    crl.verify(home.issuing.certificate().getPublicKey());
    assertThat(crl.isRevoked(revoked.chain().get(0))).isTrue();
    assertThat(crl.isRevoked(good.chain().get(0))).isFalse();
    assertThat(crl.getThisUpdate().toInstant()).isEqualTo(NOW);
  }

  @Test
  void namesAreReadInTheirOneFormOnly() {
    MemberName broker = MemberName.of(home.fleet, Role.BROKER);
    assertThat(broker.commonName()).isEqualTo("broker:home");
    assertThat(MemberName.parse("covey:home/broker/broker")).contains(broker);
    for (String other :
        List.of(
            "",
            "covey:",
            "covey:home/agent",
            "covey:home/agent/a/b",
            "covey:home/AGENT/a",
            "http:home/agent/a",
            "covey:ho me/agent/a",
            "covey:home/agent/",
            "covey:home/boss/a")) {
      assertThat(MemberName.parse(other)).as(other).isEmpty();
    }
    assertThatThrownBy(() -> MemberName.of(new FleetId("f".repeat(60)), Role.COORDINATOR))
        .hasMessageContaining("common name of 72 characters, expected at most 64");
  }

  @Test
  void hostileBytesAreNoCertificateAndOneKindOfException() {
    long seed = System.nanoTime();
    System.out.println("CertificatesTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Octets der = X509.der(home.enrol("kitchen", home.deviceKeys()).chain().get(0));
    assertThat(X509.der(X509.certificate(der))).isEqualTo(der);
    for (int i = 0; i < 5_000; i++) {
      byte[] hostile = der.toBytes();
      for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
        hostile[random.nextInt(hostile.length)] = (byte) random.nextInt();
      }
      try {
        X509Certificate read = X509.certificate(Octets.copyOf(hostile));
        MemberName.of(read);
        X509.serialOf(read);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("certificate");
      }
    }
    assertThatThrownBy(() -> X509.certificate(Octets.owning(new byte[5000])))
        .hasMessageContaining("5000 bytes");
  }
}
