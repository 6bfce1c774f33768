package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.CertificateDraft.Party;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * The key that everything in a fleet rests on. It certifies issuing authorities and nothing else,
 * so that it can lie in a safe, or in several in shares ({@link RootShare}); a device knows it by
 * the fingerprint in its join token.
 *
 * <p>Thread-safe, but for {@link #close}, which comes last.
 */
public final class FleetRoot implements AutoCloseable {
  /** Of the root's own certificate. */
  public static final Duration LIFETIME = Duration.ofDays(20 * 365);

  /** Of an issuing authority's certificate. */
  public static final Duration ISSUER_LIFETIME = Duration.ofDays(5 * 365);

  private static final String COMMON_NAME = "root";
  private static final String ISSUER_COMMON_NAME = "issuing";

  private final FleetId fleet;
  private final SecretBytes privateKey;
  private final Signer signer;
  private final X509Certificate certificate;

  /**
   * The root that has this key.
   *
   * @param privateKey Ed25519, 32 bytes; becomes this object's to wipe
   * @param certificate its own
   * @throws IllegalArgumentException if they do not belong together
   */
  public FleetRoot(
      FleetId fleet, SecretBytes privateKey, X509Certificate certificate, Signer signer) {
    if (!Ed25519Keys.publicKeyOf(certificate).equals(signer.publicKeyOf(privateKey))) {
      throw new IllegalArgumentException("the root's certificate is for another key");
    }
    this.fleet = fleet;
    this.privateKey = privateKey;
    this.signer = signer;
    this.certificate = certificate;
  }

  /**
   * A new one.
   *
   * @param privateKey Ed25519, 32 fresh uniform bytes; becomes the root's to wipe
   */
  public static FleetRoot create(
      FleetId fleet, SecretBytes privateKey, Instant now, RandomWords random, Signer signer) {
    Party root = Party.ofEd25519(fleet, COMMON_NAME, signer.publicKeyOf(privateKey));
    try {
      X509Certificate certificate =
          new CertificateDraft(root, SerialNumber.draw(random), Validity.from(now, LIFETIME), root)
              .authority(1)
              .sign(content -> signer.sign(privateKey, content));
      return new FleetRoot(fleet, privateKey, certificate, signer);
    } catch (IOException e) {
      throw new UncheckedIOException("a certificate in memory has bytes", e);
    }
  }

  public FleetId fleet() {
    return fleet;
  }

  /** Self-signed. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** SHA-256 of the certificate in DER. */
  public Sha256 fingerprint() {
    return fingerprint(certificate);
  }

  static Sha256 fingerprint(X509Certificate certificate) {
    return Sha256.of(X509.der(certificate).toBytes());
  }

  /** Stays this object's to wipe. */
  public SecretBytes privateKey() {
    return privateKey;
  }

  /**
   * Signs something else than a certificate.
   *
   * @param statement begins with a label of its own
   */
  Octets sign(byte[] statement) {
    return signer.sign(privateKey, statement);
  }

  /** Lets an authority issue certificates in this fleet's name. */
  public IssuingAuthority certify(FleetAuthority authority, Instant now, RandomWords random) {
    if (!authority.fleet().equals(fleet)) {
      throw new IllegalArgumentException(
          "an authority of fleet " + authority.fleet() + ", expected " + fleet);
    }
    Octets rootKey = signer.publicKeyOf(privateKey);
    if (authority.publicKey().equals(rootKey)) {
      throw new IllegalArgumentException("the issuing key is the root's: make one of its own");
    }
    try {
      X509Certificate issuing =
          new CertificateDraft(
                  Party.ofEd25519(fleet, COMMON_NAME, rootKey),
                  SerialNumber.draw(random),
                  Validity.from(now, ISSUER_LIFETIME),
                  Party.ofEd25519(fleet, ISSUER_COMMON_NAME, authority.publicKey()))
              .authority(0)
              .sign(content -> signer.sign(privateKey, content));
      return new IssuingAuthority(authority, issuing, certificate);
    } catch (IOException e) {
      throw new UncheckedIOException("a certificate in memory has bytes", e);
    }
  }

  /** Wipes the private key. */
  @Override
  public void close() {
    privateKey.wipe();
  }

  @Override
  public String toString() {
    return "FleetRoot[" + fleet + ", " + fingerprint() + "]";
  }
}
