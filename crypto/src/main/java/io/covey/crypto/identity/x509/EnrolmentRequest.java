package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A device's request for certificates, as a PKCS#10 request (RFC 2986) that proves that it has the
 * keys: the key for TLS signs the request, and the identity key signs, in an attribute, what the
 * request is for, all public keys, and the context. The subject is empty: the authority knows from
 * the context who asks.
 *
 * <p>The context is the hash of a join token's secret, or the serial number of the certificate that
 * is to be renewed: a request that somebody else sees is of no use with another one.
 *
 * @param encoded the request in DER
 * @param tlsKey SubjectPublicKeyInfo in DER, P-256
 * @param identityKey Ed25519
 * @param encryptionKey X-Wing
 */
public record EnrolmentRequest(
    Octets encoded, Octets tlsKey, Octets identityKey, Octets encryptionKey) {
  /** Of a request, most of it the encryption key. */
  public static final int MAXIMUM_BYTES = 4096;

  /** Named by a UUID (ITU-T X.667), which takes no registration. */
  private static final ASN1ObjectIdentifier KEYS =
      new ASN1ObjectIdentifier("2.25.36042332801183791066929994073667022199");

  private static final String LABEL = "covey/v1/enrolment-request";
  private static final String ALGORITHM = "SHA256withECDSA";

  /** A request for {@code keys}. */
  public static EnrolmentRequest create(DeviceKeys keys, Octets context) {
    Octets tlsKey = Octets.copyOf(keys.tlsKey().getEncoded());
    byte[] statement = statement(context, tlsKey, keys.identityKey(), keys.encryptionKey());
    ASN1Encodable value =
        new DERSequence(
            new ASN1Encodable[] {
              octetString(keys.identityKey()),
              octetString(keys.encryptionKey()),
              octetString(keys.sign(statement))
            });
    try {
      PKCS10CertificationRequest request =
          new PKCS10CertificationRequestBuilder(
                  new X500Name(new RDN[0]), SubjectPublicKeyInfo.getInstance(tlsKey.toBytes()))
              .addAttribute(KEYS, value)
              .build(new JcaContentSignerBuilder(ALGORITHM).build(keys.tlsPrivateKey()));
      return new EnrolmentRequest(
          Octets.owning(request.getEncoded()), tlsKey, keys.identityKey(), keys.encryptionKey());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("the key for TLS does not sign: " + e.getMessage(), e);
    }
  }

  private static byte[] statement(
      Octets context, Octets tlsKey, Octets identityKey, Octets encryptionKey) {
    return new Canonical(LABEL)
        .octets(context)
        .octets(tlsKey)
        .octets(identityKey)
        .octets(encryptionKey)
        .toBytes();
  }

  private static ASN1Encodable octetString(Octets value) {
    return new DEROctetString(value.toBytes());
  }

  /** The digest of all keys: the same for two requests of one device. */
  public Octets keys() {
    return Octets.owning(
        Sha256.of(statement(Octets.owning(new byte[0]), tlsKey, identityKey, encryptionKey))
            .toBytes());
  }

  /**
   * Reads a request and verifies both proofs.
   *
   * @param encoded hostile until this has been passed
   * @return empty for whatever is not such a request for this context, in its one form
   */
  public static Optional<EnrolmentRequest> verified(
      Octets encoded, Octets context, SoftwareDeviceKeys.Primitives primitives) {
    if (encoded.length() > MAXIMUM_BYTES) {
      return Optional.empty();
    }
    try {
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(encoded.toBytes());
      return Octets.owning(request.getEncoded()).equals(encoded) && hasUsualForm(request)
          ? read(encoded, request).filter(read -> proves(read, request, context, primitives))
          : Optional.empty();
    } catch (IOException | RuntimeException e) {
      // Runtime too: the parser throws many kinds at structures that are not what they claim.
      return Optional.empty();
    }
  }

  private static boolean hasUsualForm(PKCS10CertificationRequest request) {
    return request.getSubject().getRDNs().length == 0
        && request
            .getSignatureAlgorithm()
            .getAlgorithm()
            .equals(X9ObjectIdentifiers.ecdsa_with_SHA256)
        && request.getAttributes().length == 1;
  }

  private static Optional<EnrolmentRequest> read(
      Octets encoded, PKCS10CertificationRequest request) {
    Attribute attribute = request.getAttributes()[0];
    ASN1Encodable[] values = attribute.getAttributeValues();
    if (!attribute.getAttrType().equals(KEYS) || values.length != 1) {
      return Optional.empty();
    }
    ASN1Sequence fields = ASN1Sequence.getInstance(values[0]);
    Octets tlsKey = Octets.owning(X509.der(request.getSubjectPublicKeyInfo()));
    return fields.size() == 3
        ? Optional.of(
            new EnrolmentRequest(
                encoded, P256Keys.checked(tlsKey), field(fields, 0), field(fields, 1)))
        : Optional.empty();
  }

  private static Octets field(ASN1Sequence fields, int index) {
    return Octets.copyOf(ASN1OctetString.getInstance(fields.getObjectAt(index)).getOctets());
  }

  private static boolean proves(
      EnrolmentRequest read,
      PKCS10CertificationRequest request,
      Octets context,
      SoftwareDeviceKeys.Primitives primitives) {
    byte[] statement = statement(context, read.tlsKey, read.identityKey, read.encryptionKey);
    ASN1Sequence fields =
        ASN1Sequence.getInstance(request.getAttributes()[0].getAttributeValues()[0]);
    return read.encryptionKey.length() == Kem.PUBLIC_KEY_BYTES
        && primitives.kem().accepts(read.encryptionKey)
        && primitives.signer().verify(read.identityKey, statement, field(fields, 2))
        && isSigned(read, request);
  }

  private static boolean isSigned(EnrolmentRequest read, PKCS10CertificationRequest request) {
    try {
      return request.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(P256Keys.publicKey(read.tlsKey)));
    } catch (OperatorCreationException | PKCSException e) {
      // A signature of another form.
      return false;
    }
  }
}
