package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.MalformedDocumentException;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.io.IOException;
import java.util.List;

/**
 * What a device sends to the issuing service to enrol: the secret of its join token, and its
 * request. Goes through TLS to the server that the token is for, and nowhere else.
 *
 * @param secret its owner's to wipe
 * @param request PKCS#10 in DER; not verified
 */
public record EnrolmentApplication(SecretBytes secret, Octets request) implements AutoCloseable {
  private static final KeyDocument.Kind KIND =
      new KeyDocument.Kind("covey-enrolment", List.of("request"), List.of("secret"));

  public EnrolmentApplication {
    if (secret.length() != JoinToken.SECRET_BYTES) {
      throw new IllegalArgumentException(
          "join secret of %d bytes, expected %d"
              .formatted(secret.length(), JoinToken.SECRET_BYTES));
    }
    if (request.length() < 1 || request.length() > EnrolmentRequest.MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          "request of %d bytes, expected 1 to %d"
              .formatted(request.length(), EnrolmentRequest.MAXIMUM_BYTES));
    }
  }

  /** The message; the caller's to wipe. */
  public byte[] toJson() throws IOException {
    try (KeyDocument document = new KeyDocument(KIND)) {
      return document.with("request", request).with("secret", secret).toJson();
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param json hostile
   */
  public static EnrolmentApplication parse(byte[] json) throws MalformedDocumentException {
    try (KeyDocument document = KeyDocument.parse(KIND, json)) {
      return document.readAs(
          read -> new EnrolmentApplication(read.secret("secret"), read.octets("request")));
    } catch (IllegalArgumentException e) {
      throw new MalformedDocumentException("cannot be used: " + e.getMessage());
    }
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    secret.wipe();
  }
}
