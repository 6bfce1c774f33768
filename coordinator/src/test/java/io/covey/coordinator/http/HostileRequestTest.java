package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that no well-meaning client sends, against small limits. */
class HostileRequestTest {
  private static final int MODEL_BYTES = 100_000;
  private static final int CONNECTIONS = 20;

  @TempDir static Path uploads;
  private static AdminApi api;

  @BeforeAll
  static void serve() {
    api =
        new AdminApi(
            HttpSettings.onLoopback(0, uploads)
                .withBodies(new HttpSettings.BodyLimits(1_000, 2_000, MODEL_BYTES))
                .withLoad(new HttpSettings.LoadLimits(CONNECTIONS, 2, 2, 4))
                .withTimeouts(
                    new HttpSettings.Timeouts(
                        Duration.ofMillis(1_500),
                        Duration.ofMillis(700),
                        Duration.ofMillis(500),
                        Duration.ofMillis(200))));
  }

  @AfterAll
  static void close() throws Exception {
    api.undeploy();
    api.close();
    try (Stream<Path> left = Files.list(uploads)) {
      assertThat(left).as("nothing of a body stays on disk").isEmpty();
    }
  }

  @BeforeEach
  void forget() {
    api.coordinator.reset();
  }

  @Test
  void whatIsNotHttpIsRefusedAndTheConnectionClosed() {
    for (String bytes :
        List.of(
            "nonsense\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: one\r\n\r\n",
            lines(
                "GET /livez HTTP/1.1", "Host: localhost", "Content-Length: 1", "Content-Length: 2"),
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n")) {
      assertThat(exchange(bytes)).as(bytes).matches("(?s)HTTP/1.[01] 400 .*malformed-request.*");
    }
  }

  @Test
  void headThatIsTooLongIsRefused() {
    assertThat(exchange("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .matches("(?s)HTTP/1.[01] 414 .*uri-too-long.*");
    assertThat(
            exchange("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
        .matches("(?s)HTTP/1.[01] 431 .*headers-too-large.*");
  }

  @Test
  void lengthAndChunksTogetherSmuggleNothing() {
    String answer =
        exchange(
            lines(
                    "POST /api/v1/models/a/training/pause HTTP/1.1",
                    "Host: localhost",
                    "Content-Length: 4",
                    "Transfer-Encoding: chunked")
                + lines("0")
                + get("/metrics", "localhost"));

    assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("# HELP");
  }

  @Test
  void brokenEscapesAreRefused() {
    for (String path : List.of("/%zz", "/api/v1/models/%", "/api/v1/models?cursor=%z", "/%ff%fe")) {
      assertThat(exchange(get(path, "localhost")))
          .as(path)
          .matches("(?s)HTTP/1.1 40[04] .*application/problem\\+json.*");
    }
    assertThat(exchange("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .matches("(?s)HTTP/1.1 40[045] .*application/problem\\+json.*");
  }

  @Test
  void onlyOwnNamesAreServed() {
    for (String host :
        List.of("localhost", "LOCALHOST:1", "127.0.0.1", "127.8.9.1:99", "[::1]:5")) {
      assertThat(exchange(get("/livez", host))).as(host).startsWith("HTTP/1.1 200 ");
    }
    for (String host :
        List.of(
            "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "")) {
      assertThat(exchange(get("/livez", host)))
          .as(host)
          .matches("(?s)HTTP/1.1 4(21|00) .*application/problem\\+json.*");
    }
    assertThat(exchange("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .matches("(?s)HTTP/1.1 4(21|00) .*");
  }

  @Test
  void pagesOfOtherSitesMayNotCall() {
    String foreign = "localhost\r\nOrigin: http://evil.example";
    assertThat(exchange(get("/livez", foreign)))
        .startsWith("HTTP/1.1 403 ")
        .contains("foreign-origin");
    assertThat(exchange(get("/livez", "localhost\r\nOrigin: null"))).startsWith("HTTP/1.1 403 ");
    assertThat(exchange(get("/livez", "localhost:8080\r\nOrigin: http://localhost:8080")))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void announcedBodyThatIsTooLargeIsRefusedBeforeItComes() {
    for (String request :
        List.of(
            head("PUT", "/api/v1/models/a", "application/octet-stream", MODEL_BYTES + 1),
            head("POST", "/api/v1/models", "multipart/form-data; boundary=x", MODEL_BYTES + 1),
            head("POST", "/api/v1/models/a/training", "application/json", 1_001),
            head("PUT", "/api/v1/models/a/evaluation-data?labelColumn=l", "text/csv", 2_001),
            head("PUT", "/api/v1/models/a", "application/octet-stream", Long.MAX_VALUE))) {
      assertThat(exchange(request)).as(request).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void bodyThatTurnsOutTooLargeIsCutOff() {
    String endless = "ffff\r\n" + "x".repeat(0xffff) + "\r\n";
    for (String request :
        List.of(
            chunked("PUT", "/api/v1/models/a", "application/octet-stream"),
            chunked("POST", "/api/v1/models/a/training", "application/json"),
            chunked("PUT", "/api/v1/models/a/evaluation-data?labelColumn=l", "text/csv"))) {
      try (RawConnection connection = new RawConnection(api.port())) {
        connection.send(request).send(endless).send(endless).send(endless);
        assertThat(connection.readToEnd()).as(request).startsWith("HTTP/1.1 413 ");
      }
    }
    try (RawConnection connection = new RawConnection(api.port())) {
      String part = "--x\r\nContent-Disposition: form-data; name=\"graph\"; filename=\"g\"\r\n\r\n";
      connection.send(chunked("POST", "/api/v1/models", "multipart/form-data; boundary=x"));
      connection.send(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
      connection.send(endless).send(endless).send(endless);
      assertThat(connection.readToEnd()).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void formOfTooManyPartsIsRefused() {
    MultipartForm form = new MultipartForm();
    for (int i = 0; i < 100; i++) {
      form.file("graph", new byte[1]);
    }
    assertThat(exchange(withBody("POST", "/api/v1/models", form.contentType(), form.bytes())))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void formThatIsNoneIsRefused() {
    for (String body :
        List.of(
            "nonsense",
            "--x\r\n\r\n\r\n--x--\r\n",
            "--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
            "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nunfinished")) {
      assertThat(
              exchange(
                  withBody(
                      "POST", "/api/v1/models", "multipart/form-data; boundary=x", bytes(body))))
          .as(body)
          .startsWith("HTTP/1.1 400 ")
          .contains("application/problem+json");
    }
    assertThat(
            exchange(withBody("POST", "/api/v1/models", "multipart/form-data", bytes("--x--\r\n"))))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void bodyThatComesTooSlowlyIsGivenUp() {
    for (String request :
        List.of(
            head("PUT", "/api/v1/models/a", "application/octet-stream", 1_000),
            head("POST", "/api/v1/models", "multipart/form-data; boundary=x", 1_000),
            head("POST", "/api/v1/models/a/training", "application/json", 1_000))) {
      try (RawConnection connection = new RawConnection(api.port())) {
        assertThat(connection.send(request).send("x").readToEnd())
            .as(request)
            .startsWith("HTTP/1.1 408 ")
            .contains("body-timeout");
      }
    }
  }

  @Test
  void headThatNeverEndsIsGivenUp() {
    try (RawConnection connection = new RawConnection(api.port())) {
      assertThat(connection.send("GET /livez HTTP/1.1\r\nHost: loc").readToEnd()).isEmpty();
    }
  }

  @Test
  void bodyThatBreaksOffLeavesNoTransferBehind() {
    for (int i = 0; i < 10; i++) {
      try (RawConnection connection = new RawConnection(api.port())) {
        connection.send(head("PUT", "/api/v1/models/a", "application/octet-stream", 1_000));
        connection.send("x".repeat(500));
      }
    }
    // Each held a slot until the server noticed; ends when all have been given back.
    int status = 503;
    for (int attempt = 0; status == 503 && attempt < 10_000; attempt++) {
      status = api.put("/api/v1/models/b", "application/octet-stream", new byte[1]).status();
    }
    assertThat(status).isEqualTo(201);
  }

  @Test
  void moreTransfersThanAllowedAreTurnedAway() {
    String upload = head("PUT", "/api/v1/models/a", "application/octet-stream", 1_000);
    String expecting = upload.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    try (RawConnection first = new RawConnection(api.port());
        RawConnection second = new RawConnection(api.port())) {
      assertThat(first.send(expecting).read("\r\n\r\n")).startsWith("HTTP/1.1 100 ");
      assertThat(second.send(expecting).read("\r\n\r\n")).startsWith("HTTP/1.1 100 ");

      AdminApi.Answer refused =
          api.put("/api/v1/models/b", "application/octet-stream", new byte[1]);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().getString("type")).isEqualTo("urn:covey:problem:busy");
      assertThat(refused.header("retry-after")).isPresent();
      assertThat(api.get("/livez").status()).isEqualTo(200);
    }
  }

  @Test
  void expectationThatCannotBeMetIsRefused() {
    String upload = head("PUT", "/api/v1/models/a", "application/octet-stream", 10);
    assertThat(exchange(upload.replace("\r\n\r\n", "\r\nExpect: miracles\r\n\r\n")))
        .startsWith("HTTP/1.1 417 ");
  }

  @Test
  void moreConnectionsThanAllowedAreClosed() {
    List<RawConnection> open =
        Stream.generate(() -> new RawConnection(api.port())).limit(CONNECTIONS * 2L).toList();
    // At least this many of them find no room, whatever other connections there are.
    long closed =
        open.stream()
            .map(c -> c.send(get("/livez", "localhost")).readToEnd())
            .filter(String::isEmpty)
            .count();
    open.forEach(RawConnection::close);

    assertThat(closed).isBetween((long) CONNECTIONS, CONNECTIONS * 2L - 1);
  }

  @Test
  void operationThatDoesNotAnswerIsGivenUp() {
    api.coordinator.fallSilent();

    AdminApi.Answer overdue = api.get("/api/v1/models");

    assertThat(overdue.status()).isEqualTo(504);
    assertThat(overdue.json().getString("type")).isEqualTo("urn:covey:problem:overdue");
  }

  /** Sends a request and reads until the server closes, which every request here makes it do. */
  private static String exchange(String request) {
    try (RawConnection connection = new RawConnection(api.port())) {
      return connection.send(request).readToEnd();
    }
  }

  private static String lines(String... head) {
    return String.join("\r\n", head) + "\r\n\r\n";
  }

  private static String get(String path, String host) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  }

  private static String head(String method, String path, String type, long length) {
    return fields(method, path, type) + "Content-Length: " + length + "\r\n\r\n";
  }

  private static String chunked(String method, String path, String type) {
    return fields(method, path, type) + "Transfer-Encoding: chunked\r\n\r\n";
  }

  private static String withBody(String method, String path, String type, byte[] body) {
    return fields(method, path, type)
        + "Connection: close\r\nContent-Length: "
        + body.length
        + "\r\n\r\n"
        + new String(body, StandardCharsets.ISO_8859_1);
  }

  private static String fields(String method, String path, String type) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
