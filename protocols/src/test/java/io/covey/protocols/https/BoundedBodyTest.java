package io.covey.protocols.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BoundedBodyTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  void aBodyOfTheLimitIsReadAndALongerOneRefused() throws IOException {
    assertThat(BoundedBody.read(new ByteArrayInputStream(new byte[8]), 8, LONG)).hasSize(8);
    assertThatThrownBy(() -> BoundedBody.read(new ByteArrayInputStream(new byte[9]), 8, LONG))
        .hasMessage("the answer is longer than 8 bytes");
  }

  /** The server promises a body, sends one byte of it, and then nothing. */
  @Test
  void aBodyThatNeverEndsIsGivenUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread serving = new Thread(() -> sendOneByte(server), "one-byte-server");
      serving.start();
      URI address = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
      HttpResponse<InputStream> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(address).build(),
                  HttpResponse.BodyHandlers.ofInputStream());
      assertThatThrownBy(() -> BoundedBody.read(response.body(), 100, Duration.ofMillis(200)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("took longer than PT0.2S");
      serving.join();
    }
  }

  /** Ends when the client has gone. */
  private static void sendOneByte(ServerSocket server) {
    try (Socket client = server.accept()) {
      InputStream request = client.getInputStream();
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nx".getBytes(StandardCharsets.US_ASCII));
      while (request.read() >= 0) {
        // The request's head, and then silence until the end.
      }
    } catch (IOException e) {
      // The client has broken the connection off, as it should.
      return;
    }
  }
}
