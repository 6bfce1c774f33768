package io.covey.coordinator.http;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** Ends a request with a problem that its sender is told about. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ProblemType type;
  private final transient List<Fault> faults;
  private final transient Map<String, String> headers;

  /**
   * One thing that was wrong.
   *
   * @param member what {@code where} is: a JSON pointer to a member of the body, or the name of a
   *     parameter
   * @param where empty when it concerns the request as a whole
   */
  record Fault(Member member, String where, String detail) {

    /** What a fault points at. */
    enum Member {
      POINTER,
      PARAMETER,
      NONE
    }

    static Fault inBody(String pointer, String detail) {
      return new Fault(Member.POINTER, pointer, detail);
    }

    static Fault inParameter(String name, String detail) {
      return new Fault(Member.PARAMETER, name, detail);
    }

    static Fault of(String detail) {
      return new Fault(Member.NONE, "", detail);
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject();
      switch (member) {
        case POINTER -> json.put("pointer", where);
        case PARAMETER -> json.put("parameter", where);
        case NONE -> {}
      }
      return json.put("detail", detail);
    }
  }

  ProblemException(
      ProblemType type, String detail, List<Fault> faults, Map<String, String> headers) {
    // No stack trace: it is an answer, not a failure of the program.
    super(detail, null, false, false);
    this.type = type;
    this.faults = List.copyOf(faults);
    this.headers = Map.copyOf(headers);
  }

  ProblemException(ProblemType type, String detail) {
    this(type, detail, List.of(), Map.of());
  }

  ProblemException(ProblemType type, Fault fault) {
    this(type, fault.detail(), List.of(fault), Map.of());
  }

  static ProblemException notFound(String what) {
    return new ProblemException(ProblemType.NOT_FOUND, what);
  }

  static ProblemException busy(String what) {
    return new ProblemException(
        ProblemType.BUSY, what, List.of(), Map.of("Retry-After", Integer.toString(5)));
  }

  ProblemType type() {
    return type;
  }

  List<Fault> faults() {
    return faults;
  }

  /** Header fields that the answer carries. */
  Map<String, String> headers() {
    return headers;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
