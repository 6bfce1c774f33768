package io.covey.edgeagent.serving;

import static io.covey.edgeagent.serving.ServingFixtures.TOY;
import static io.covey.edgeagent.serving.ServingFixtures.models;
import static io.covey.edgeagent.serving.ServingFixtures.toy;
import static io.covey.edgeagent.serving.ServingFixtures.version;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.edgeagent.toy.ToyRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InferenceServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOOD =
      "{\"id\":\"42\",\"inputs\":[{\"name\":\"x\",\"shape\":[2,2],\"datatype\":\"FP32\","
          + "\"data\":[1,2,3,4]}]}";

  private final ToyRuntime runtime = new ToyRuntime();
  private final ServingModels models = models(2, Duration.ofSeconds(5));
  private final HttpClient client = HttpClient.newHttpClient();
  private InferenceServer server;

  InferenceServerTest() throws IOException {
    HttpSettings settings =
        new HttpSettings("127.0.0.1", 0, 2, 64 * 1024, Set.of("Device.Example"));
    TreeMap<String, Long> counters = new TreeMap<>();
    counters.put("covey_agent_inferences", 7L);
    server = InferenceServer.start(settings, new InferenceApi(models, "1.2.3", () -> counters));
  }

  @BeforeEach
  void serveAToy() {
    models.serve(TOY, version(3), toy(runtime, 0.5f));
    models.setReady(true);
  }

  @AfterEach
  void stop() {
    server.close();
    models.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  private static void isError(HttpResponse<String> response, int status, String message)
      throws IOException {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode body = json(response.body());
    assertThat(body.fieldNames()).toIterable().containsExactly("error");
    assertThat(body.get("error").asText()).contains(message);
  }

  @Test
  void healthIsToldAsTheProtocolSays() throws Exception {
    assertThat(json(get("/v2/health/live").body())).isEqualTo(json("{\"live\":true}"));
    assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
    assertThat(json(get("/v2/health/ready").body()))
        .isEqualTo(json("{\"live\":true,\"ready\":true}"));
    models.setReady(false);
    assertThat(get("/v2/health/ready").statusCode()).isEqualTo(503);
    assertThat(json(get("/v2/health/ready").body()))
        .isEqualTo(json("{\"live\":true,\"ready\":false}"));
  }

  @Test
  void metadataHaveTheProtocolsShape() throws Exception {
    String expected = "{\"name\":\"covey-edge-agent\",\"version\":\"1.2.3\",\"extensions\":[]}";
    assertThat(json(get("/v2").body())).isEqualTo(json(expected));
    assertThat(json(get("/v2/").body())).isEqualTo(json(expected));
    String model =
        "{\"name\":\"toy\",\"versions\":[\"3\"],\"platform\":\"tensorflow_tflite\","
            + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,2]}],"
            + "\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,3]}]}";
    assertThat(json(get("/v2/models/toy").body())).isEqualTo(json(model));
    assertThat(json(get("/v2/models/toy/versions/3").body())).isEqualTo(json(model));
    String ready = "{\"name\":\"toy\",\"ready\":true}";
    assertThat(json(get("/v2/models/toy/ready").body())).isEqualTo(json(ready));
    assertThat(json(get("/v2/models/toy/versions/3/ready").body())).isEqualTo(json(ready));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/models/toy/infer", "/v2/models/toy/versions/3/infer"})
  void inferenceAnswersInTheProtocolsShape(String path) throws Exception {
    HttpResponse<String> response = post(path, GOOD);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json(response.body()))
        .isEqualTo(
            json(
                "{\"model_name\":\"toy\",\"model_version\":\"3\",\"id\":\"42\",\"outputs\":[{"
                    + "\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[2,3],"
                    + "\"data\":[1.5,1.5,1.5,3.5,3.5,3.5]}]}"));
  }

  @Test
  void aRequestWithoutIdGetsNone() throws Exception {
    JsonNode answer = json(post("/v2/models/toy/infer", GOOD.replace("\"id\":\"42\",", "")).body());
    assertThat(answer.has("id")).isFalse();
  }

  @Test
  void anOutputThatIsNoNumberIsAnErrorAndNotInvalidJson() throws Exception {
    models.serve(TOY, version(4), toy(runtime, Float.NaN));
    isError(
        post("/v2/models/toy/infer", GOOD), 500, "cannot be expressed in JSON: element 0 is NaN");
  }

  @ParameterizedTest
  @CsvSource({
    "/, 404",
    "/v1, 404",
    "/v2x, 404",
    "/v2/models, 404",
    "/v2/models/toy/what, 404",
    "/v2/models/toy/versions, 404",
    "/v2/models/toy/infer/x, 404",
    "/v2/models/toy/versions/3/x, 404",
    "/v2/models/none, 404",
    "/v2/models/toy/versions/2, 404",
    "/v2/models/none/ready, 404",
    "/v2/models/%74oy, 404",
    "/v2/../v2/health, 404",
    "/v2/models/toy/infer, 405",
    "/v2/models/toy/versions/3/infer, 405"
  })
  void pathsThatAreNoneAreErrors(String path, int status) throws Exception {
    isError(get(path), status, "");
  }

  @Test
  void methodsThatAreNotTakenAreErrors() throws Exception {
    isError(post("/v2/models/toy", "{}"), 405, "takes GET");
    isError(post("/v2/models/toy/ready", "{}"), 405, "takes GET");
    isError(post("/v2", "{}"), 404, "");
    HttpResponse<String> delete =
        client.send(request("/v2/models/toy").DELETE().build(), BodyHandlers.ofString());
    isError(delete, 405, "DELETE");
    assertThat(delete.headers().firstValue("Allow")).contains("GET, POST");
    HttpResponse<String> head =
        client.send(
            request("/v2").method("HEAD", BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void bodiesOfAnotherTypeAreRefused() throws Exception {
    for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", "json"}) {
      isError(
          client.send(
              request("/v2/models/toy/infer")
                  .header("Content-Type", type)
                  .POST(BodyPublishers.ofString(GOOD))
                  .build(),
              BodyHandlers.ofString()),
          415,
          "application/json");
    }
    HttpResponse<String> untyped =
        client.send(
            request("/v2/models/toy/infer").POST(BodyPublishers.ofString(GOOD)).build(),
            BodyHandlers.ofString());
    isError(untyped, 415, "application/json");
    HttpResponse<String> withCharset =
        client.send(
            request("/v2/models/toy/infer")
                .header("Content-Type", "Application/JSON; charset=utf-8")
                .POST(BodyPublishers.ofString(GOOD))
                .build(),
            BodyHandlers.ofString());
    assertThat(withCharset.statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyBeyondTheLimitIsRefusedAndOneAtTheLimitIsRead() throws Exception {
    String padded = GOOD + " ".repeat(64 * 1024 - GOOD.length());
    assertThat(post("/v2/models/toy/infer", padded).statusCode()).isEqualTo(200);
    isError(post("/v2/models/toy/infer", padded + " "), 413, "65536 bytes");
    // Chunked, so that no header says how long it is.
    HttpResponse<String> chunked =
        client.send(
            request("/v2/models/toy/infer")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[100_000])))
                .build(),
            BodyHandlers.ofString());
    isError(chunked, 413, "65536 bytes");
  }

  @Test
  void requestsThatAreWrongSayWhatIsWrong() throws Exception {
    isError(post("/v2/models/toy/infer", "{"), 400, "not JSON");
    isError(post("/v2/models/toy/infer", GOOD.replace("FP32", "INT8")), 400, "expected FP32");
    isError(post("/v2/models/none/infer", GOOD), 404, "'none' is not served here");
    isError(post("/v2/models/toy/versions/9/infer", GOOD), 404, "version 3 is");
    isError(post("/v2/models/toy/infer", "[".repeat(60_000)), 400, "");
  }

  @Test
  void onlyNamesOfThisDeviceAreAnswered() throws Exception {
    assertThat(raw("GET /v2 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421")
        .contains("{\"error\":");
    assertThat(raw("GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 4");
    for (String host :
        new String[] {
          "localhost", "LOCALHOST:80", "127.0.0.9:1", "[::1]:5", "device.example:8461"
        }) {
      assertThat(raw("GET /v2 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
          .as(host)
          .startsWith("HTTP/1.1 200");
    }
    for (String host :
        new String[] {
          "localhost.evil.example", "127.0.0.1.evil.example", "1127.0.0.1", "[::1].x"
        }) {
      assertThat(raw("GET /v2 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
          .as(host)
          .startsWith("HTTP/1.1 421");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /v2 HTTP/1.1\r\nHost localhost\r\n\r\n",
        "POST /v2/models/toy/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        "POST /v2/models/toy/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n"
      })
  void whatIsNoHttpIsRefusedAndTheServerLivesOn(String request) throws Exception {
    String answer = raw(request);
    assertThat(answer.isEmpty() || answer.startsWith("HTTP/1.1 4")).as(answer).isTrue();
    assertThat(post("/v2/models/toy/infer", GOOD).statusCode()).isEqualTo(200);
  }

  @Test
  void aClientThatLeavesInTheMiddleHarmsNobody() throws Exception {
    for (int i = 0; i < 8; i++) {
      try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
        String head =
            "POST /v2/models/toy/infer HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"inputs\"";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      }
    }
    assertThat(post("/v2/models/toy/infer", GOOD).statusCode()).isEqualTo(200);
  }

  @Test
  void requestsBeyondTheQueueAreRefusedWithWordsAndTheRestIsAnswered() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    runtime.beforeRun(
        () -> {
          try {
            assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    HttpRequest request =
        request("/v2/models/toy/infer")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(GOOD))
            .build();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    BlockingQueue<HttpResponse<String>> inOrder = new LinkedBlockingQueue<>();
    // Two threads and a queue of 64.
    for (int i = 0; i < 100; i++) {
      answers.add(
          client
              .sendAsync(request, BodyHandlers.ofString())
              .thenApply(
                  response -> {
                    inOrder.add(response);
                    return response;
                  }));
    }
    // The first to be answered are those that are refused: the others cannot be, yet.
    HttpResponse<String> first = inOrder.poll(20, TimeUnit.SECONDS);
    isError(Objects.requireNonNull(first, "no answer"), 503, "try again later");
    goOn.countDown();
    int answered = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      int status = answer.get(20, TimeUnit.SECONDS).statusCode();
      assertThat(status).isIn(200, 503);
      answered += status == 200 ? 1 : 0;
    }
    assertThat(answered).isBetween(1, 99);
  }

  @Test
  void countersAreShownToPrometheus() throws Exception {
    HttpResponse<String> response = get("/metrics");
    assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(response.body())
        .isEqualTo("# TYPE covey_agent_inferences_total counter\ncovey_agent_inferences_total 7\n");
  }

  /** Sends bytes as they are, and reads until the server closes. */
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(100_000), StandardCharsets.UTF_8);
    }
  }
}
