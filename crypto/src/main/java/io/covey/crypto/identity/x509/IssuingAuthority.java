package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.CertificateFacts;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.CertificateDraft.Party;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * Issues the fleet's certificates: an authority's key with the root's leave to do so. May run in
 * another process, and on another machine, than the coordinator, which then cannot enrol anybody.
 *
 * <p>Thread-safe; owns nothing.
 */
public final class IssuingAuthority {
  /** How long a broker that reads revocations as a CRL believes one, and lets anybody in. */
  public static final Duration CRL_LIFETIME = Duration.ofDays(30);

  private final FleetAuthority authority;
  private final X509Certificate certificate;
  private final X509Certificate root;

  /**
   * @param authority stays the caller's to close
   * @param certificate the authority's, by the root
   * @throws IllegalArgumentException if they do not belong together
   */
  public IssuingAuthority(
      FleetAuthority authority, X509Certificate certificate, X509Certificate root) {
    if (!Ed25519Keys.publicKeyOf(certificate).equals(authority.publicKey())) {
      throw new IllegalArgumentException("the authority's certificate is for another key");
    }
    CertificateChain.requireSignedBy(certificate, root);
    this.authority = authority;
    this.certificate = certificate;
    this.root = root;
  }

  public FleetId fleet() {
    return authority.fleet();
  }

  public FleetAuthority authority() {
    return authority;
  }

  /** The authority's, by the root. */
  public X509Certificate certificate() {
    return certificate;
  }

  public X509Certificate root() {
    return root;
  }

  /** All certificates of one enrolment, under one serial number. */
  public EnrolledCertificates enrol(AgentId agent, EnrolmentRequest request, Term term) {
    CertificateFacts facts = new CertificateFacts(fleet(), agent, term.serial(), term.validity());
    X509Certificate tls =
        member(MemberName.agent(fleet(), agent), List.of(), request.tlsKey(), term);
    return new EnrolledCertificates(
        List.of(tls, certificate, root),
        authority.certify(facts, request.identityKey()),
        authority.certifyEncryption(facts, request.encryptionKey()));
  }

  /**
   * A certificate for one of the fleet's servers, or for the coordinator as a client.
   *
   * @param hosts names and addresses that clients know a server by
   * @param key P-256
   * @return the chain, the member's own first and the root last
   */
  public List<X509Certificate> certify(
      MemberName name, List<String> hosts, PublicKey key, Term term) {
    if (name.role() == Role.AGENT || !name.fleet().equals(fleet())) {
      throw new IllegalArgumentException(
          "a certificate for " + name + ", expected a server or coordinator of " + fleet());
    }
    if (name.role().isServer() == hosts.isEmpty()) {
      throw new IllegalArgumentException(
          "%s with the hosts %s: servers need some, clients have none".formatted(name, hosts));
    }
    Octets checked = P256Keys.checked(Octets.owning(key.getEncoded()));
    return List.of(member(name, hosts, checked, term), certificate, root);
  }

  /** Under which number, and how long. */
  public record Term(SerialNumber serial, Validity validity) {
    public static Term draw(RandomWords random, Validity validity) {
      return new Term(SerialNumber.draw(random), validity);
    }
  }

  private X509Certificate member(MemberName name, List<String> hosts, Octets key, Term term) {
    Party issuer = new Party(nameOf(certificate), keyOf(certificate));
    Party subject =
        new Party(fleet(), name.commonName(), SubjectPublicKeyInfo.getInstance(key.toBytes()));
    try {
      return new CertificateDraft(issuer, term.serial(), term.validity(), subject)
          .member(name, hosts)
          .sign(authority::sign);
    } catch (IOException e) {
      throw new UncheckedIOException("a certificate in memory has bytes", e);
    }
  }

  /**
   * The list in the form that brokers read (RFC 5280, section 5).
   *
   * @return DER
   */
  public Octets crl(RevocationList list) {
    Date issued = Date.from(Instant.ofEpochSecond(list.content().issuedAtEpochSecond()));
    X509v2CRLBuilder builder = new X509v2CRLBuilder(nameOf(certificate), issued);
    builder.setNextUpdate(Date.from(issued.toInstant().plus(CRL_LIFETIME)));
    for (SerialNumber serial : list.content().serials()) {
      builder.addCRLEntry(serial.number(), issued, CRLReason.privilegeWithdrawn);
    }
    try {
      AuthorityKeyIdentifier issuer =
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate);
      builder.addExtension(Extension.authorityKeyIdentifier, false, issuer);
      builder.addExtension(
          Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(list.content().version())));
      return Octets.owning(
          builder.build(new CertificateDraft.Ed25519Content(authority::sign)).getEncoded());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a list in memory has bytes", e);
    }
  }

  private static X500Name nameOf(X509Certificate certificate) {
    return holder(certificate).getSubject();
  }

  private static SubjectPublicKeyInfo keyOf(X509Certificate certificate) {
    return holder(certificate).getSubjectPublicKeyInfo();
  }

  private static JcaX509CertificateHolder holder(X509Certificate certificate) {
    try {
      return new JcaX509CertificateHolder(certificate);
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has bytes", e);
    }
  }

  @Override
  public String toString() {
    return "IssuingAuthority[" + authority + "]";
  }
}
