package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.util.IPAddress;

/** A certificate that is being put together (RFC 5280). Belongs to one thread. */
final class CertificateDraft {
  static final AlgorithmIdentifier ED25519 =
      new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);

  /** RFC 7093, section 2, method 1: the leftmost 160 bits of the key's SHA-256. */
  private static final int KEY_IDENTIFIER_BYTES = 20;

  private final X509v3CertificateBuilder builder;

  /** Somebody who signs, or whose certificate it is. */
  record Party(X500Name name, SubjectPublicKeyInfo key) {
    Party(FleetId fleet, String commonName, SubjectPublicKeyInfo key) {
      this(subject(fleet, commonName), key);
    }

    private static X500Name subject(FleetId fleet, String commonName) {
      return new X500NameBuilder(BCStyle.INSTANCE)
          .addRDN(BCStyle.O, fleet.value())
          .addRDN(BCStyle.CN, commonName)
          .build();
    }

    static Party ofEd25519(FleetId fleet, String commonName, Octets publicKey) {
      return new Party(fleet, commonName, new SubjectPublicKeyInfo(ED25519, publicKey.toBytes()));
    }
  }

  /**
   * Nothing but whose it is and who signs.
   *
   * @param issuer the subject itself for a root
   */
  CertificateDraft(Party issuer, SerialNumber serial, Validity validity, Party subject)
      throws IOException {
    builder =
        new X509v3CertificateBuilder(
            issuer.name(),
            serial.number(),
            // Devices whose clocks are behind take it at once.
            Date.from(validity.notBefore().minus(Validity.CLOCK_TOLERANCE)),
            Date.from(validity.notAfter()),
            subject.name(),
            subject.key());
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(identifier(subject.key())));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(identifier(issuer.key())));
  }

  private static byte[] identifier(SubjectPublicKeyInfo key) {
    byte[] digest = Sha256.of(key.getPublicKeyData().getBytes()).toBytes();
    return Arrays.copyOf(digest, KEY_IDENTIFIER_BYTES);
  }

  /**
   * For a key that signs certificates.
   *
   * @param authoritiesBelow how many authorities may stand between it and a member
   */
  CertificateDraft authority(int authoritiesBelow) throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authoritiesBelow));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return this;
  }

  /**
   * For a member.
   *
   * @param hosts names and addresses of a server; empty for a client
   */
  CertificateDraft member(MemberName name, List<String> hosts) throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        true,
        new ExtendedKeyUsage(
            name.role().isServer()
                ? KeyPurposeId.id_kp_serverAuth
                : KeyPurposeId.id_kp_clientAuth));
    GeneralName[] names = new GeneralName[1 + hosts.size()];
    names[0] = new GeneralName(GeneralName.uniformResourceIdentifier, name.uri());
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      int type = IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName;
      names[1 + i] = new GeneralName(type, host);
    }
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    return this;
  }

  /**
   * The certificate.
   *
   * @param signature makes an Ed25519 signature
   */
  X509Certificate sign(Function<byte[], Octets> signature) throws IOException {
    return X509.certificate(
        Octets.owning(builder.build(new Ed25519Content(signature)).getEncoded()));
  }

  /** Gathers what is to be signed. */
  static final class Ed25519Content implements ContentSigner {
    private final Function<byte[], Octets> signature;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Ed25519Content(Function<byte[], Octets> signature) {
      this.signature = signature;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return ED25519;
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      return signature.apply(content.toByteArray()).toBytes();
    }
  }
}
