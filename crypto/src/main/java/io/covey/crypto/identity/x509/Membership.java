package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertificateFacts;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.IdentityCertificate;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.MalformedDocumentException;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All that an agent gets by enrolling, and keeps: its certificates, whom it trusts, and where to
 * find the others. Public. The issuing service's answer and the agent's file have the same form.
 *
 * @param releaseRoot digest of the root that releases are checked from, if the fleet has one
 * @param broker {@code mqtts://host:port}
 * @param issuers where to renew, over HTTPS; tried in this order
 */
public record Membership(
    EnrolledCertificates certificates,
    Octets coordinatorKey,
    Optional<Sha256> releaseRoot,
    URI broker,
    List<HostPort> issuers) {
  /** What the file and the answer say of themselves. */
  public static final KeyDocument.Kind KIND =
      new KeyDocument.Kind(
          "covey-membership",
          List.of(
              "fleet",
              "agent",
              "tls-certificate",
              "issuing-certificate",
              "root-certificate",
              "identity-certificate",
              "encryption-certificate",
              "coordinator-public-key",
              "broker",
              "issuers"),
          List.of(),
          List.of("release-root"));

  private static final int MAXIMUM_ISSUERS = 4;

  public Membership {
    coordinatorKey.requireLength("coordinator key", Signer.PUBLIC_KEY_BYTES);
    issuers = List.copyOf(issuers);
    boolean reachable =
        "mqtts".equals(broker.getScheme()) && broker.getHost() != null && broker.getPort() > 0;
    if (!reachable) {
      throw new IllegalArgumentException(
          "broker address '" + broker + "', expected mqtts://host:port");
    }
    if (issuers.isEmpty() || issuers.size() > MAXIMUM_ISSUERS) {
      throw new IllegalArgumentException(
          issuers.size() + " issuing services, expected 1 to " + MAXIMUM_ISSUERS);
    }
  }

  public FleetId fleet() {
    return certificates.facts().fleet();
  }

  public AgentId agent() {
    return certificates.facts().agent();
  }

  /** Whom rounds rest on; the authority's key is that of its certificate. */
  public FleetTrust trust() {
    return new FleetTrust(
        fleet(), Ed25519Keys.publicKeyOf(certificates.chain().get(1)), coordinatorKey, releaseRoot);
  }

  /** Who the agent is in TLS. */
  public TlsIdentity tls(DeviceKeys keys) {
    return new TlsIdentity(certificates.chain(), keys.tlsPrivateKey());
  }

  /**
   * Who the agent is in rounds; the caller's to close, before the keys.
   *
   * @param keys which are used where they are
   */
  public AgentIdentity identity(DeviceKeys keys, Signer signer) {
    return new AgentIdentity(certificates.identity(), keys.signingKey(), trust(), signer)
        .with(encryption(keys));
  }

  /** What keys are wrapped for, and what opens them; the keys stay where they are. */
  public EncryptionIdentity encryption(DeviceKeys keys) {
    return EncryptionIdentity.keptElsewhere(certificates.encryption(), keys.encryptionKey(), keys);
  }

  /**
   * Checks everything: that it is under this root, by one authority, for these keys, and valid.
   *
   * @param rootFingerprint from the join token, or of the root that is known
   * @throws IllegalArgumentException that says what does not fit
   */
  public void verify(Sha256 rootFingerprint, DeviceKeys keys, Instant now, Signer signer) {
    X509Certificate root = certificates.root();
    if (!FleetRoot.fingerprint(root).equals(rootFingerprint)) {
      throw new IllegalArgumentException(
          "the root's fingerprint is %s, expected %s"
              .formatted(FleetRoot.fingerprint(root), rootFingerprint));
    }
    CertificateChain.validate(certificates.chain(), root, now);
    IdentityCertificate identity = certificates.identity();
    EncryptionCertificate encryption = certificates.encryption();
    boolean own =
        certificates.chain().get(0).getPublicKey().equals(keys.tlsKey())
            && identity.identityKey().equals(keys.identityKey())
            && encryption.encryptionKey().equals(keys.encryptionKey());
    if (!own) {
      throw new IllegalArgumentException("the certificates are for other keys than this device's");
    }
    Octets authorityKey = trust().authorityKey();
    if (!identity.isIssuedBy(authorityKey, signer)
        || !encryption.isIssuedBy(authorityKey, signer)) {
      throw new IllegalArgumentException("the certificates are not by the fleet's authority");
    }
    if (!certificates.facts().validity().covers(now)) {
      throw new IllegalArgumentException(
          "the certificates are not valid at "
              + now
              + ": renewed certificates are, or the clock is wrong");
    }
  }

  /** For a file or a message. */
  public KeyDocument toDocument() {
    List<X509Certificate> chain = certificates.chain();
    KeyDocument document = new KeyDocument(KIND);
    releaseRoot.ifPresent(root -> document.with("release-root", root.hex()));
    return document
        .with("fleet", fleet().value())
        .with("agent", agent().value())
        .with("tls-certificate", X509.der(chain.get(0)))
        .with("issuing-certificate", X509.der(chain.get(1)))
        .with("root-certificate", X509.der(chain.get(2)))
        .with("identity-certificate", certificates.identity().encode())
        .with("encryption-certificate", certificates.encryption().encode())
        .with("coordinator-public-key", coordinatorKey)
        .with("broker", broker.toString())
        .with("issuers", issuers.stream().map(HostPort::toString).collect(Collectors.joining(",")));
  }

  /**
   * What a document stands for. Verifies no signature.
   *
   * @throws IllegalArgumentException for values that cannot be
   */
  public static Membership of(KeyDocument document) {
    EnrolledCertificates certificates =
        new EnrolledCertificates(
            List.of(
                X509.certificate(document.octets("tls-certificate")),
                X509.certificate(document.octets("issuing-certificate")),
                X509.certificate(document.octets("root-certificate"))),
            IdentityCertificate.decode(document.octets("identity-certificate"))
                .orElseThrow(() -> new IllegalArgumentException("no identity certificate")),
            EncryptionCertificate.decode(document.octets("encryption-certificate"))
                .orElseThrow(() -> new IllegalArgumentException("no encryption certificate")));
    CertificateFacts facts = certificates.facts();
    boolean named =
        facts.fleet().value().equals(document.text("fleet"))
            && facts.agent().value().equals(document.text("agent"));
    if (!named) {
      throw new IllegalArgumentException("the certificates are for another agent");
    }
    return new Membership(
        certificates,
        document.octets("coordinator-public-key"),
        document.optionalText("release-root").map(Sha256::new),
        URI.create(document.text("broker")),
        Arrays.stream(document.text("issuers").split(",", -1)).map(HostPort::parse).toList());
  }

  /**
   * Reads what an issuing service answered.
   *
   * @param json hostile
   */
  public static Membership parse(byte[] json) throws MalformedDocumentException {
    try (KeyDocument document = KeyDocument.parse(KIND, json)) {
      return of(document);
    } catch (IllegalArgumentException e) {
      throw new MalformedDocumentException("cannot be used: " + e.getMessage());
    }
  }
}
