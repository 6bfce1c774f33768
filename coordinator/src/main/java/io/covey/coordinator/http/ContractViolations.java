package io.covey.coordinator.http;

import io.covey.coordinator.http.ProblemException.Fault;
import io.vertx.json.schema.OutputErrorType;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a validator found in the words of a problem detail. */
final class ContractViolations {
  /** A hostile body may break the contract in any number of places. */
  private static final int MAXIMUM_FAULTS = 20;

  private static final Pattern PARAMETER =
      Pattern.compile("\\b(?:path|query|header) parameter ([A-Za-z-]+)\\b");

  private ContractViolations() {}

  static ProblemException describe(ValidatorException violation) {
    String message = String.valueOf(violation.getMessage());
    Matcher parameter = PARAMETER.matcher(message);
    if (parameter.find()) {
      return new ProblemException(
          ProblemType.MALFORMED_REQUEST, Fault.inParameter(parameter.group(1), message));
    }
    return violation instanceof SchemaValidationException schema
        ? describe(schema.getOutputUnit())
        : new ProblemException(ProblemType.MALFORMED_REQUEST, message);
  }

  /** Describes what a body's validation found, which must not be valid. */
  static ProblemException describe(OutputUnit found) {
    List<Fault> faults = faults(Optional.ofNullable(found.getErrors()).orElse(List.of()));
    String first = faults.isEmpty() ? "it does not fit its schema" : faults.get(0).detail();
    return new ProblemException(
        ProblemType.MALFORMED_REQUEST,
        "The body breaks the contract: " + first + ".",
        faults,
        Map.of());
  }

  /** One fault for each place, but for what an object lacks: of that there may be more. */
  private static List<Fault> faults(List<OutputUnit> found) {
    List<Fault> faults = new ArrayList<>();
    Set<String> reported = new HashSet<>();
    for (OutputUnit unit : found) {
      String pointer = unit.getInstanceLocation();
      String keyword = unit.getKeywordLocation();
      String last = keyword.substring(keyword.lastIndexOf('/') + 1);
      boolean news =
          switch (last) {
            // They only say that something inside failed, of which more is said elsewhere.
            case "properties", "items", "$ref" -> false;
            case "required" -> true;
            // The validator reports a member that failed as an additional property as well.
            case "additionalProperties" ->
                reported.stream().noneMatch(r -> r.equals(pointer) || r.startsWith(pointer + "/"));
            default -> !reported.contains(pointer);
          };
      if (news && faults.size() < MAXIMUM_FAULTS) {
        reported.add(pointer);
        faults.add(Fault.inBody(pointer, wording(unit, last)));
      }
    }
    return faults;
  }

  private static String wording(OutputUnit unit, String keyword) {
    if (keyword.equals("additionalProperties")) {
      return "there is no such member";
    }
    String error = String.valueOf(unit.getError());
    return unit.getErrorType() == OutputErrorType.MISSING_VALUE
        ? error.replace("Instance does not have", "it lacks the")
        : error;
  }
}
