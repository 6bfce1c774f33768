package io.covey.protocols.settings;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** How keys are spelled, and which known key was probably meant. */
final class Names {
  static final String VARIABLE_PREFIX = "COVEY_";

  /** The work of a comparison grows with the product of both lengths. */
  private static final int MAX_COMPARED_LENGTH = 128;

  private Names() {}

  /** {@code keepAlive} to {@code keep-alive}. */
  static String kebab(String camel) {
    return spaced(camel).replace(' ', '-');
  }

  /** {@code AgentId} to {@code agent id}. */
  static String spaced(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  /** {@code mqtt.keep-alive} to {@code COVEY_MQTT_KEEP_ALIVE}. */
  static String variable(String key) {
    return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The known key nearest to an unknown one; empty when none is near. */
  static Optional<String> nearest(String unknown, Collection<String> known) {
    if (unknown.length() > MAX_COMPARED_LENGTH) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(unknown, candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** A key counts as near, too, when it stands in another section or is a longer form. */
  private static int distance(String unknown, String candidate) {
    String asked = letters(unknown);
    String whole = letters(candidate);
    String last = letters(lastPart(candidate));
    int limit = Math.max(1, asked.length() / 4);
    int nearest = Math.min(edits(asked, whole), edits(letters(lastPart(unknown)), last) + 1);
    if (nearest <= limit) {
      return nearest;
    }
    boolean isLongerForm = asked.length() >= 4 && whole.startsWith(asked);
    return isLongerForm ? limit + 1 : Integer.MAX_VALUE;
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static String letters(String key) {
    return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]", "");
  }

  /** Levenshtein's distance, row by row. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
