package io.covey.edgeagent.enrolment;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.DeviceKeys;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.X509;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.https.BoundedBody;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.Limits;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * Asks an issuing service for certificates. What it answers is checked as a whole before it is
 * believed: that it is under the root that was known beforehand, and for this device's keys.
 *
 * <p>Methods block for at most three times {@link #TIMEOUT} for each address: to connect, for the
 * answer to begin, and for it to end. Thread-safe.
 */
public final class IssuerClient implements RenewalService {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final int ANSWER_BYTES = 16 * 1024;
  private static final int CREATED = 201;
  private static final JsonFactory JSON = new JsonFactory();

  private final InstantSource clock;
  private final Signer signer;

  public IssuerClient(InstantSource clock, Signer signer) {
    this.clock = clock;
    this.signer = signer;
  }

  /** What is sent, wherever it is sent to. */
  private record Question(String path, String type) {}

  /**
   * Enrols.
   *
   * @param token stays the caller's to close
   * @throws EnrolmentException if there are no certificates
   */
  public Membership enrol(JoinToken token, DeviceKeys keys)
      throws IOException, InterruptedException {
    Octets context = JoinToken.hashOf(token.secret());
    EnrolmentApplication application =
        new EnrolmentApplication(token.secret(), EnrolmentRequest.create(keys, context).encoded());
    byte[] body = application.toJson();
    try {
      byte[] answer =
          ask(
              token.addresses(),
              FleetTls.firstContact(token.rootFingerprint()),
              new Question("/v1/enrolments", "application/json"),
              body);
      return checked(answer, token.rootFingerprint(), keys);
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /**
   * Renews, over mutual TLS with the present certificates.
   *
   * @throws EnrolmentException if there are no new certificates
   */
  @Override
  public Membership renew(Membership present, DeviceKeys keys)
      throws IOException, InterruptedException {
    Octets context = present.certificates().facts().serial().value();
    byte[] request = EnrolmentRequest.create(keys, context).encoded().toBytes();
    byte[] answer =
        ask(
            present.issuers(),
            FleetTls.client(present.tls(keys), present.fleet(), Role.ISSUER),
            new Question("/v1/renewals", "application/octet-stream"),
            request);
    Sha256 root = Sha256.of(X509.der(present.certificates().root()).toBytes());
    Membership renewed = checked(answer, root, keys);
    if (!renewed.agent().equals(present.agent()) || !renewed.fleet().equals(present.fleet())) {
      throw EnrolmentException.unreached(
          "the issuing service answered with certificates for another agent",
          new IllegalArgumentException(renewed.agent().value()));
    }
    return renewed;
  }

  private Membership checked(byte[] answer, Sha256 root, DeviceKeys keys) throws IOException {
    try {
      Membership membership = Membership.parse(answer);
      membership.verify(root, keys, clock.instant(), signer);
      return membership;
    } catch (IOException | IllegalArgumentException e) {
      throw EnrolmentException.unreached(
          "the issuing service's answer cannot be used: " + e.getMessage(), e);
    }
  }

  /** The first answer of one of the addresses; a refusal is an answer. */
  private static byte[] ask(
      List<HostPort> addresses, SSLContext tls, Question question, byte[] body)
      throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(tls)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    IOException last = new IOException("no address to ask at");
    for (HostPort address : addresses) {
      try {
        return ask(client, address, question, body);
      } catch (EnrolmentException e) {
        throw e;
      } catch (IOException e) {
        last = e;
      }
    }
    throw EnrolmentException.unreached(
        "no issuing service was reached at " + addresses + ": " + last.getMessage(), last);
  }

  private static byte[] ask(HttpClient client, HostPort address, Question question, byte[] content)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://" + address + question.path()))
            .timeout(TIMEOUT)
            .header("Content-Type", question.type())
            .POST(HttpRequest.BodyPublishers.ofByteArray(content))
            .build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    byte[] answer = BoundedBody.read(response.body(), ANSWER_BYTES, TIMEOUT);
    if (response.statusCode() != CREATED) {
      throw EnrolmentException.refused(title(answer, response.statusCode()));
    }
    return answer;
  }

  /** Of a problem detail (RFC 9457); what is none is named by its status. */
  private static String title(byte[] problem, int status) {
    try (JsonParser json = JSON.createParser(problem)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          if (json.nextToken() == JsonToken.VALUE_STRING && name.equals("title")) {
            return Limits.readable(json.getText());
          }
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      // Not from the service: something stands between.
      return "status " + status;
    }
    return "status " + status;
  }
}
