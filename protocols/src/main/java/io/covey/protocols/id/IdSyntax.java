package io.covey.protocols.id;

/**
 * The one syntax of names: ASCII letters, digits, dot, underscore and hyphen, beginning with a
 * letter or a digit. None of them means anything to MQTT, a file system, a URL or SQL.
 */
record IdSyntax(String kind, int maxLength) {

  void check(String value) {
    if (value.isEmpty() || value.length() > maxLength) {
      throw new IllegalArgumentException(
          kind + " has " + value.length() + " characters, expected 1 to " + maxLength);
    }
    for (int i = 0; i < value.length(); i++) {
      if (!isAllowed(value.charAt(i), i == 0)) {
        throw new IllegalArgumentException(
            kind
                + " has a character that is not allowed at position "
                + i
                + ": expected letters, digits, '.', '_' or '-', beginning with a letter or digit");
      }
    }
  }

  private static boolean isAllowed(char c, boolean first) {
    boolean alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || (!first && (c == '.' || c == '_' || c == '-'));
  }
}
