package io.covey.coordinator.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.audit.AuditEvent.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One event in its place.
 *
 * @param number 1 for the first of a log, then one more each
 * @param at by the clock of whoever keeps the log
 */
public record AuditEntry(long number, Instant at, AuditEvent event) {
  private static final JsonMapper JSON = new JsonMapper();

  public AuditEntry {
    if (number < 1) {
      throw new IllegalArgumentException("entry " + number + ", expected at least 1");
    }
  }

  /** One line of JSON, without the line's end. */
  String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("number", number);
    node.put("at", at.toString());
    node.put("event", event.kind().name());
    node.put("subject", event.subject());
    ObjectNode details = node.putObject("details");
    event.details().forEach(details::put);
    return node.toString();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException that says what it is instead
   */
  static AuditEntry ofJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      SortedMap<String, String> details = new TreeMap<>();
      for (Map.Entry<String, JsonNode> field : node.path("details").properties()) {
        details.put(field.getKey(), field.getValue().asText());
      }
      return new AuditEntry(
          node.path("number").asLong(),
          Instant.parse(node.path("at").asText()),
          new AuditEvent(
              Kind.valueOf(node.path("event").asText()), node.path("subject").asText(), details));
    } catch (JsonProcessingException | DateTimeException e) {
      throw new IllegalArgumentException("not an entry: " + e.getMessage(), e);
    }
  }
}
