package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.https.BoundedBody;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks an issuing service on another machine, over mutual TLS. {@link #newest} belongs to one
 * thread.
 */
public final class HttpsRevocations implements RevocationSource {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;

  private final URI address;
  private final FleetId fleet;
  private volatile HttpClient client;
  private Optional<RevocationList> known = Optional.empty();
  private String tag = "";

  public HttpsRevocations(HostPort issuer, TlsIdentity own, FleetId fleet) {
    this.address = URI.create("https://" + issuer + "/v1/revocations");
    this.fleet = fleet;
    this.client = client(own, fleet);
  }

  private static HttpClient client(TlsIdentity own, FleetId fleet) {
    return HttpClient.newBuilder()
        .sslContext(FleetTls.client(own, fleet, Role.ISSUER))
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(TIMEOUT)
        .build();
  }

  @Override
  public void prove(TlsIdentity own) {
    client = client(own, fleet);
  }

  @Override
  public Optional<RevocationList> newest() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(address).timeout(TIMEOUT).header("If-None-Match", tag).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() == OK) {
          known = Optional.of(read(body));
          tag = response.headers().firstValue("ETag").orElse("");
        } else if (response.statusCode() != NOT_MODIFIED && response.statusCode() != NOT_FOUND) {
          throw new IOException("the issuing service answered with " + response.statusCode());
        }
      }
      return known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking for revocations");
    }
  }

  private static RevocationList read(InputStream body) throws IOException {
    byte[] bytes = BoundedBody.read(body, RevocationList.MAXIMUM_ENCODED_BYTES, TIMEOUT);
    return RevocationList.decode(Octets.owning(bytes))
        .orElseThrow(() -> new IOException("the issuing service's answer is no revocation list"));
  }
}
