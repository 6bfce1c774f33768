package io.covey.edgeagent.https;

import io.covey.edgeagent.mqtt.RangeSource;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.transport.TlsContext;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of files over HTTPS (RFC 9110, section 14): TLS 1.3 with the agent's certificate, to a
 * server that has one of the fleet for this purpose. Redirects are not followed.
 *
 * <p>Called on the agent's scheduler, and calls back there.
 */
public final class HttpsRanges implements RangeSource {
  /** Also over a slow link that is full of what else is on its way. */
  private static final Duration CONNECT = Duration.ofSeconds(30);

  /** For the answer's head; whoever asks has less patience. */
  private static final Duration HEAD = Duration.ofSeconds(30);

  private static final String[] PROTOCOLS = {"TLSv1.3"};

  private final TlsContext tls;
  private final Scheduler scheduler;
  private @Nullable Current current;

  /** What was made for one certificate. */
  private record Current(SSLContext tls, HttpClient client) {}

  /**
   * @param tls asked before each request: a renewed certificate is used from the next one on
   */
  public HttpsRanges(TlsContext tls, Scheduler scheduler) {
    this.tls = tls;
    this.scheduler = scheduler;
  }

  @Override
  public Answer ask(Wanted wanted, Listener listener) {
    HttpRequest request =
        HttpRequest.newBuilder(wanted.at().of(wanted.artifact().digest()))
            .timeout(HEAD)
            .header("Range", "bytes=" + wanted.firstByte() + "-" + wanted.lastByte())
            .header("Accept", "application/octet-stream")
            .GET()
            .build();
    RangeAnswer answer = new RangeAnswer(wanted, scheduler, listener);
    answer.follow(client().sendAsync(request, answer::accept));
    return answer;
  }

  private HttpClient client() {
    SSLContext newest = tls.current();
    Current made = current;
    if (made == null || made.tls() != newest) {
      made = new Current(newest, newClient(newest));
      current = made;
    }
    return made.client();
  }

  private static HttpClient newClient(SSLContext tls) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(PROTOCOLS);
    return HttpClient.newBuilder()
        .sslContext(tls)
        .sslParameters(parameters)
        // One answer at a time on a connection: what is not read is not sent.
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }
}
