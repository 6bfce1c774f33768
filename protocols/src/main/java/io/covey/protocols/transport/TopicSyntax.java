package io.covey.protocols.transport;

import java.nio.charset.StandardCharsets;

/** What MQTT takes as a topic and as a topic filter (MQTT 5.0, section 4.7). */
final class TopicSyntax {
  private static final int MAXIMUM_BYTES = 65_535;
  private static final String SHARE_PREFIX = "$share/";

  private TopicSyntax() {}

  /** Throws {@link IllegalArgumentException} for what no message can be published to. */
  static void checkTopic(String topic) {
    checkString("topic", topic);
    if (topic.indexOf('#') >= 0 || topic.indexOf('+') >= 0) {
      throw new IllegalArgumentException("a topic to publish to holds a wildcard");
    }
  }

  /** Throws {@link IllegalArgumentException} for what cannot be subscribed to. */
  static void checkFilter(String filter) {
    checkString("topic filter", filter);
    String[] levels = levelsOf(unshared(filter));
    for (int i = 0; i < levels.length; i++) {
      boolean last = i == levels.length - 1;
      if (levels[i].indexOf('#') >= 0 && !(last && levels[i].equals("#"))) {
        throw new IllegalArgumentException("topic filter: '#' is not alone on the last level");
      }
      if (levels[i].indexOf('+') >= 0 && !levels[i].equals("+")) {
        throw new IllegalArgumentException("topic filter: '+' is not alone on its level");
      }
    }
  }

  static String[] levelsOf(String topicOrFilter) {
    return topicOrFilter.split("/", -1);
  }

  /** The name of the group of a shared subscription; empty for one that is not shared. */
  static String shareGroup(String filter) {
    return filter.startsWith(SHARE_PREFIX)
        ? filter.substring(SHARE_PREFIX.length(), endOfGroup(filter))
        : "";
  }

  /** The filter itself, without {@code $share/{group}/}. */
  static String unshared(String filter) {
    return filter.startsWith(SHARE_PREFIX) ? filter.substring(endOfGroup(filter) + 1) : filter;
  }

  private static int endOfGroup(String filter) {
    int end = filter.indexOf('/', SHARE_PREFIX.length());
    if (end <= SHARE_PREFIX.length() || end == filter.length() - 1) {
      throw new IllegalArgumentException("shared subscription without a group or a filter");
    }
    return end;
  }

  private static void checkString(String what, String value) {
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          what + " has " + bytes + " bytes, expected 1 to " + MAXIMUM_BYTES);
    }
    if (value.indexOf(0) >= 0) {
      throw new IllegalArgumentException(what + " holds the character U+0000");
    }
  }
}
