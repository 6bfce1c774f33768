package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.training.OperationException;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every error is a problem detail; {@link AdminApi} checks the form of each, the tests here what
 * each says.
 */
class ProblemTest {
  @TempDir static Path uploads;
  private static AdminApi api;

  @BeforeAll
  static void serve() {
    api = AdminApi.onLoopback(uploads);
  }

  @AfterAll
  static void close() {
    api.close();
  }

  @BeforeEach
  void forget() {
    api.coordinator.reset();
  }

  @Test
  void unknownPathIsNotFound() {
    for (String path :
        List.of("/api/v1/nothing", "/api/v2/models", "/api/v1/models/", "/livez/", "/x/../y")) {
      assertProblem(api.get(path), 404, "not-found");
    }
  }

  @Test
  void otherMethodsAreToldWhichOnesThereAre() {
    AdminApi.Answer deleted = api.send(api.request("/api/v1/models").DELETE());

    assertProblem(deleted, 405, "method-not-allowed");
    assertThat(deleted.header("allow")).contains("GET, HEAD, POST");
    AdminApi.Answer events =
        api.send(
            api.request("/api/v1/models/digits/training/events")
                .method("HEAD", BodyPublishers.noBody()));
    assertThat(events.status()).isEqualTo(405);
    assertThat(events.header("allow")).contains("GET");
  }

  @Test
  void answerThatIsNotAcceptedIsNotSent() {
    assertProblem(
        api.send(api.request("/api/v1/models").header("Accept", "text/html")),
        406,
        "not-acceptable");
    assertProblem(
        api.send(api.request("/livez").header("Accept", "application/json;q=0")),
        406,
        "not-acceptable");
    for (String accepted :
        List.of("*/*", "application/*", "text/html, application/json;q=0.1", "Application/JSON")) {
      assertThat(api.send(api.request("/livez").header("Accept", accepted)).status())
          .as(accepted)
          .isEqualTo(200);
    }
  }

  @Test
  void bodyOfAnotherMediaTypeIsNotTaken() {
    AdminApi.Answer refused = api.put("/api/v1/models/a", "application/json", new byte[3]);

    assertProblem(refused, 415, "unsupported-media-type");
    assertThat(refused.header("accept")).contains("application/octet-stream");
    assertProblem(
        api.put("/api/v1/models/a", "application/octet-stream-x", new byte[3]),
        415,
        "unsupported-media-type");
    assertProblem(
        api.send(api.request("/api/v1/models/a").PUT(BodyPublishers.ofString("x"))),
        415,
        "unsupported-media-type");
    assertThat(api.put("/api/v1/models/a", "Application/OCTET-stream; x=y", new byte[3]).status())
        .isEqualTo(201);
  }

  @Test
  void operationWithoutABodyTakesNone() {
    assertProblem(
        api.send(
            api.request("/api/v1/models/a/training/pause").POST(BodyPublishers.ofString("{}"))),
        400,
        "malformed-request");
  }

  @Test
  void malformedJsonIsRefused() {
    for (String body : List.of("", "{", "{\"rounds\":1", "nonsense", "[]", "1", "null", "\"x\"")) {
      assertProblem(postText(body), 400, "malformed-request");
    }
  }

  @Test
  void deepOrHugeJsonIsRefused() {
    String deep = "{\"plan\":" + "[".repeat(20_000) + "]".repeat(20_000) + ",\"rounds\":1}";
    String nested = "{\"plan\":" + "{\"plan\":".repeat(900) + "1" + "}".repeat(901);
    String huge = "{\"rounds\":1,\"plan\":{\"x\":\"" + "y".repeat(70_000) + "\"}}";
    String digits = "{\"rounds\":1,\"plan\":{\"clipNorm\":1" + "0".repeat(2_000) + "}}";

    assertProblem(postText(deep), 400, "malformed-request");
    assertProblem(postText(nested), 400, "malformed-request");
    assertProblem(postText(digits), 400, "malformed-request");
    assertProblem(postText(huge), 413, "body-too-large");
  }

  @Test
  void numbersBeyondAnyRangeAreRefused() {
    for (String rounds : List.of("1e400", "-1", "0", "1.5", "9223372036854775808", "\"1\"")) {
      assertProblem(postText("{\"rounds\":" + rounds + "}"), 400, "malformed-request");
    }
    for (String page : List.of("0", "1001", "-1", "1e1", "99999999999", "x", "", "NaN", "%00")) {
      assertParameter(api.get("/api/v1/models?limit=" + page), "limit");
    }
    for (String number : List.of("0", "-1", "2147483647", "99999999999999999999", "1.0", "x")) {
      assertParameter(api.get("/api/v1/models/a/rounds/" + number), "number");
    }
  }

  @Test
  void thousandFaultsAreNotAllRepeated() {
    StringBuilder body = new StringBuilder("{\"rounds\":1");
    for (int i = 0; i < 1_000; i++) {
      body.append(",\"m").append(i).append("\":1");
    }

    JsonObject problem = postText(body.append('}').toString()).json();

    assertThat(problem.getJsonArray("errors")).hasSize(20);
    assertThat(problem.getJsonArray("errors").getJsonObject(0).getString("detail"))
        .isEqualTo("there is no such member");
  }

  @Test
  void namesThatAreNoneAreRefused() {
    for (String name :
        List.of(
            "..%2F..%2Fetc%2Fpasswd",
            "%2e%2e",
            ".hidden",
            "a%00b",
            "a%20b",
            "%C3%A4",
            "a'or'1",
            "x".repeat(65),
            "a%0d%0aX-Injected:1")) {
      AdminApi.Answer answer = api.get("/api/v1/models/" + name);
      assertThat(answer.status()).as(name).isIn(400, 404);
      assertThat(answer.header("x-injected")).isEmpty();
      assertThat(
              api.put("/api/v1/models/" + name, "application/octet-stream", new byte[1]).status())
          .as(name)
          .isIn(400, 404);
    }
    assertThat(api.get("/api/v1/models").json().getJsonArray("items")).isEmpty();
  }

  @Test
  void unknownAndRepeatedQueryParametersAreRefused() {
    assertParameter(api.get("/api/v1/models?limt=3"), "limt");
    assertParameter(api.get("/api/v1/models?limit=3&limit=4"), "limit");
    assertParameter(api.get("/livez?verbose=1"), "verbose");
  }

  @Test
  void internalErrorIsTracedByAnIdAndTellsNothingElse() {
    api.coordinator.failWith(new IllegalStateException("password is hunter2"));

    AdminApi.Answer failed = api.get("/api/v1/models");

    assertProblem(failed, 500, "internal");
    assertThat(failed.json().getString("correlationId")).isNotBlank();
    assertThat(failed.json().getString("detail"))
        .contains(failed.json().getString("correlationId"));
    assertThat(failed.text()).doesNotContain("hunter2").doesNotContain("Exception");
  }

  @Test
  void refusalIsRecognisedInsideACompletionException() {
    api.coordinator.failWith(
        new CompletionException(
            new OperationException(OperationException.Kind.CONFLICT, "not now")));

    AdminApi.Answer refused = api.get("/api/v1/agents");

    assertProblem(refused, 409, "conflict");
    assertThat(refused.json().getString("detail")).isEqualTo("not now");
  }

  @Test
  void connectionOutlivesARefusal() {
    for (int i = 0; i < 50; i++) {
      assertThat(api.put("/api/v1/models/a", "text/plain", new byte[100]).status()).isEqualTo(415);
      assertThat(api.get("/livez").status()).isEqualTo(200);
    }
  }

  private static AdminApi.Answer postText(String body) {
    HttpRequest.Builder request =
        api.request("/api/v1/models/a/training").header("Content-Type", "application/json");
    return api.send(request.POST(BodyPublishers.ofString(body)));
  }

  private static void assertProblem(AdminApi.Answer answer, int status, String kind) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.json().getString("type")).isEqualTo("urn:covey:problem:" + kind);
  }

  private static void assertParameter(AdminApi.Answer answer, String parameter) {
    assertProblem(answer, 400, "malformed-request");
    assertThat(answer.json().getJsonArray("errors").getJsonObject(0).getString("parameter"))
        .isEqualTo(parameter);
  }
}
