package io.covey.coordinator.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages from using the operator's browser against a server that trusts its own machine.
 *
 * <p>A page whose name was made to resolve to 127.0.0.1 (DNS rebinding) sends its own name as host;
 * a page that merely posts a form across sites sends its own origin. Neither is let through.
 */
final class CallerCheck implements Handler<RoutingContext> {
  private static final Pattern LOOPBACK_ADDRESS = Pattern.compile("127(\\.\\d{1,3}){3}|\\[?::1]?");

  private final boolean loopbackOnly;
  private final String boundHost;

  /**
   * @param loopbackOnly whether the server is bound to a loopback address
   * @param boundHost the host that the server was told to bind to
   */
  CallerCheck(boolean loopbackOnly, String boundHost) {
    this.loopbackOnly = loopbackOnly;
    this.boundHost = boundHost.toLowerCase(Locale.ROOT);
  }

  @Override
  public void handle(RoutingContext rc) {
    HttpServerRequest request = rc.request();
    HostAndPort authority = request.authority();
    if (loopbackOnly && (authority == null || !isOwnName(authority.host()))) {
      throw new ProblemException(
          ProblemType.MISDIRECTED_REQUEST,
          "The header field Host must be localhost or a loopback address, because the admin API"
              + " listens on loopback only.");
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null && !isOwnOrigin(origin, request.getHeader(HttpHeaders.HOST))) {
      throw new ProblemException(
          ProblemType.FOREIGN_ORIGIN, "The header field Origin names another site than Host.");
    }
    rc.next();
  }

  private boolean isOwnName(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals(boundHost)
        || LOOPBACK_ADDRESS.matcher(name).matches();
  }

  private static boolean isOwnOrigin(String origin, @Nullable String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }
}
