package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
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
