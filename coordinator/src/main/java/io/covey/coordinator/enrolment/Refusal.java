package io.covey.coordinator.enrolment;

import java.util.Locale;

/** Why somebody gets no certificates (problem types after RFC 9457, section 3.1.1). */
public enum Refusal {
  MALFORMED(400, "The request is not what the service asks for"),
  NO_CERTIFICATE(401, "Renewing takes the agent's present certificate in TLS"),
  TOKEN_UNKNOWN(403, "The join token is not one of this service"),
  TOKEN_EXPIRED(403, "The join token has expired"),
  TOKEN_USED(403, "The join token was used by another device"),
  REVOKED(403, "The certificate was revoked, or another one with these keys"),
  NOT_ENROLLED(403, "The certificate is not from an enrolment with these keys"),
  NOT_FOUND(404, "There is no such thing"),
  BODY_TOO_LARGE(413, "The body is too large"),
  BAD_REQUEST_FOR_CERTIFICATES(422, "The request for certificates does not prove what it says"),
  TOO_MANY(429, "Too many attempts, or certificates with these keys"),
  FAILED(500, "The issuing service failed"),
  BUSY(503, "The issuing service is busy");

  private final int status;
  private final String title;

  Refusal(int status, String title) {
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** The URN by which programs tell the kinds apart. */
  String uri() {
    return "urn:covey:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
