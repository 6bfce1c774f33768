package io.covey.protocols.message;

import io.covey.protocols.id.Sha256;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * Where the files of models can be had over HTTPS, beside MQTT: {@code https://host:port}, and a
 * path where a proxy wants one. A file is at {@code /artifacts/} and its digest below it.
 *
 * @param text at most {@link Limits#ARTIFACT_URL_CHARACTERS} characters, without a slash at its end
 */
public record ArtifactUrl(String text) {
  private static final String SCHEME = "https";
  private static final int LARGEST_PORT = 65_535;

  /** Segments of unreserved characters (RFC 3986, section 2.3), none of which is only dots. */
  private static final Pattern PATH = Pattern.compile("(/(?!\\.+(/|$))[A-Za-z0-9._~-]+)*");

  public ArtifactUrl {
    Limits.checkText("URL for artifacts", text, 1, Limits.ARTIFACT_URL_CHARACTERS);
    check(parsed(text));
  }

  private static URI parsed(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the URL for artifacts is none: " + e.getReason(), e);
    }
  }

  private static void check(URI uri) {
    boolean reachable =
        SCHEME.equals(uri.getScheme())
            && uri.getHost() != null
            && (uri.getPort() == -1 || (uri.getPort() > 0 && uri.getPort() <= LARGEST_PORT));
    boolean bare =
        uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.getRawPath() != null
            && PATH.matcher(uri.getRawPath()).matches();
    if (!reachable || !bare) {
      throw new IllegalArgumentException(
          "the URL for artifacts must have the form https://host:port, and at most a path without a"
              + " slash at its end");
    }
  }

  /** Where a file is. */
  public URI of(Sha256 artifact) {
    return URI.create(text + "/artifacts/" + artifact.hex());
  }

  /** The host that its server's certificate must be for; an IPv6 address without brackets. */
  public String host() {
    String host = parsed(text).getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public String toString() {
    return text;
  }
}
