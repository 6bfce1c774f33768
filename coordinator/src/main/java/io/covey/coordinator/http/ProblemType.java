package io.covey.coordinator.http;

import java.util.Locale;

/** The kinds of problem that a request can run into (RFC 9457, section 3.1.1). */
enum ProblemType {
  MALFORMED_REQUEST(400, "The request is not what the contract asks for"),
  FOREIGN_ORIGIN(403, "Pages of other sites may not call this API"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "The path has no such method"),
  NOT_ACCEPTABLE(406, "The answer has none of the media types that are accepted"),
  BODY_TIMEOUT(408, "The body took too long to arrive"),
  CONFLICT(409, "It does not go with how things are now"),
  PRIVACY_BUDGET_EXHAUSTED(409, "The model's privacy budget does not allow it"),
  BODY_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The request line is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has a media type that the operation does not take"),
  RANGE_NOT_SATISFIABLE(416, "The file has no such part"),
  EXPECTATION_FAILED(417, "The expectation cannot be met"),
  MISDIRECTED_REQUEST(421, "The request is meant for another host"),
  INVALID(422, "The request makes no sense"),
  TOO_MANY_REQUESTS(429, "The caller has too many requests under way"),
  HEADERS_TOO_LARGE(431, "The request's header fields are too large"),
  INTERNAL(500, "The coordinator failed"),
  BUSY(503, "The coordinator is busy"),
  NOT_READY(503, "The coordinator cannot do its work"),
  OVERDUE(504, "The coordinator took too long");

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The kind that stands for a bare status: the first with it, or the nearest general one. */
  static ProblemType ofStatus(int status) {
    for (ProblemType type : values()) {
      if (type.status == status) {
        return type;
      }
    }
    return status >= 400 && status < 500 ? MALFORMED_REQUEST : INTERNAL;
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
