package io.covey.coordinator.config;

import io.covey.protocols.settings.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** Which addresses only programs on this machine can reach. */
final class Loopback {
  private static final String IPV4 = "\\d{1,3}(\\.\\d{1,3}){3}";

  private Loopback() {}

  /** Throws {@link IllegalArgumentException} unless it is on loopback or {@code insecure}. */
  static void require(HostPort listen, boolean insecure, String danger) {
    if (!insecure && !isLoopback(listen.host())) {
      throw new IllegalArgumentException(
          "listen is "
              + listen
              + ", which other machines can reach, and "
              + danger
              + ": listen on 127.0.0.1, or set insecure: true");
    }
  }

  /** Names other than localhost are not looked up: what they mean may change. */
  static boolean isLoopback(String host) {
    if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
      return true;
    }
    try {
      // A literal address is parsed and never looked up.
      return (host.matches(IPV4) || host.contains(":"))
          && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
