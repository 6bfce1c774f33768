package io.covey.edgeagent.serving;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets only requests through that were meant for this device. A web page can make a browser send
 * requests here under a name of the page's own that resolves to 127.0.0.1 (DNS rebinding); such a
 * request carries that name in its {@code Host} header.
 */
final class HostGuard {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1\\]");
  private static final Pattern PORT = Pattern.compile(":\\d{0,5}$");

  private final Set<String> allowed;

  HostGuard(Set<String> allowed) {
    this.allowed = Set.copyOf(allowed.stream().map(HostGuard::normal).toList());
  }

  boolean admits(@Nullable String header) {
    if (header == null) {
      return false;
    }
    String host = normal(PORT.matcher(header).replaceFirst(""));
    return LOOPBACK.matcher(host).matches() || allowed.contains(host);
  }

  private static String normal(String host) {
    return host.toLowerCase(Locale.ROOT);
  }
}
