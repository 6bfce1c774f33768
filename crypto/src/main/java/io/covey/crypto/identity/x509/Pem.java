package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The text form of certificates, lists and keys (RFC 7468), as other programs read it. */
public final class Pem {
  private static final int LINE_CHARACTERS = 64;
  private static final byte[] LINE_END = {'\n'};

  private Pem() {}

  /** Certificates in this order. */
  public static String certificates(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      text.append(
          new String(
              block("CERTIFICATE", X509.der(certificate).toBytes()), StandardCharsets.US_ASCII));
    }
    return text.toString();
  }

  /** A certificate revocation list. */
  public static String crl(Octets der) {
    return new String(block("X509 CRL", der.toBytes()), StandardCharsets.US_ASCII);
  }

  /** A private key in PKCS#8; the caller's to wipe. */
  public static SecretBytes privateKey(PrivateKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new IllegalArgumentException("the key is in hardware and does not leave it");
    }
    try {
      return SecretBytes.owning(block("PRIVATE KEY", encoded));
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  /**
   * Reads what {@link #certificates} wrote.
   *
   * @throws IllegalArgumentException for anything else
   */
  static List<X509Certificate> parseCertificates(byte[] text) {
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(text))) {
        certificates.add((X509Certificate) certificate);
      }
      return certificates;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not certificates in PEM", e);
    }
  }

  /**
   * Reads what {@link #privateKey} wrote.
   *
   * @param text stays the caller's to wipe
   * @throws IllegalArgumentException for anything else, without saying what it is
   */
  static PrivateKey parsePrivateKey(byte[] text) {
    byte[] begin = "-----BEGIN PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);
    byte[] end = "-----END PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);
    int to = indexOf(text, end);
    if (to < begin.length || !Arrays.equals(begin, Arrays.copyOf(text, begin.length))) {
      throw new IllegalArgumentException("not a private key in PEM");
    }
    byte[] base64 = Arrays.copyOfRange(text, begin.length, to);
    byte[] encoded = new byte[0];
    try {
      encoded = Base64.getMimeDecoder().decode(base64);
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the cause, which may quote the key.
      throw new IllegalArgumentException("not a private key of P-256 in PEM");
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static int indexOf(byte[] text, byte[] wanted) {
    for (int at = 0; at + wanted.length <= text.length; at++) {
      if (Arrays.equals(wanted, Arrays.copyOfRange(text, at, at + wanted.length))) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] block(String label, byte[] content) {
    byte[] base64 = Base64.getMimeEncoder(LINE_CHARACTERS, LINE_END).encode(content);
    byte[] begin = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] end = ("\n-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] block = Arrays.copyOf(begin, begin.length + base64.length + end.length);
    System.arraycopy(base64, 0, block, begin.length, base64.length);
    System.arraycopy(end, 0, block, begin.length + base64.length, end.length);
    Arrays.fill(base64, (byte) 0);
    return block;
  }
}
