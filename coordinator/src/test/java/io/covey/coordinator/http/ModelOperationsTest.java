package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and versions over HTTP. */
class ModelOperationsTest {
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
  void rawUploadRegistersTheBytesAsTheyAre() {
    byte[] graph = randomBytes(200_000);

    AdminApi.Answer created =
        api.put(
            "/api/v1/models/1.5?description=100%25+%26+more", "application/octet-stream", graph);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("location")).contains("/api/v1/models/1.5/versions/1");
    JsonObject artifact = created.json().getJsonArray("artifacts").getJsonObject(0);
    assertThat(artifact.getString("sha256")).isEqualTo(Sha256.of(graph).hex());
    assertThat(artifact.getInteger("lengthBytes")).isEqualTo(graph.length);
    assertThat(api.coordinator.artifact(Sha256.of(graph))).isEqualTo(graph);
    assertThat(api.get("/api/v1/models/1.5").json().getString("description"))
        .isEqualTo("100% & more");
  }

  @Test
  void formRegistersGraphAndWeights() {
    byte[] graph = randomBytes(70_000);
    byte[] weights = randomBytes(4_096);

    AdminApi.Answer created =
        sendForm(
            new MultipartForm()
                .field("description", "ten \"digits\", 8×8")
                .file("weights", weights)
                .file("graph", graph)
                .field("name", "123"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("location")).contains("/api/v1/models/123/versions/1");
    assertThat(created.json().getJsonArray("artifacts"))
        .extracting(a -> ((JsonObject) a).getString("sha256"))
        .containsExactly(Sha256.of(graph).hex(), Sha256.of(weights).hex());
    assertThat(api.get("/api/v1/models/123").json().getString("description"))
        .isEqualTo("ten \"digits\", 8×8");
  }

  @Test
  void takenNameIsAConflictAndABadGraphIsInvalid() {
    api.upload("digits");

    AdminApi.Answer again =
        api.put("/api/v1/models/digits", "application/octet-stream", randomBytes(10));
    AdminApi.Answer bad =
        api.put(
            "/api/v1/models/other",
            "application/octet-stream",
            "not a model".getBytes(StandardCharsets.UTF_8));

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().getString("type")).isEqualTo("urn:covey:problem:conflict");
    assertThat(bad.status()).isEqualTo(422);
    assertThat(bad.json().getString("detail")).isEqualTo("The graph is no .tflite file.");
  }

  @Test
  void formThatBreaksTheContractIsRefusedWithAPointer() {
    byte[] graph = randomBytes(10);

    assertRefused(new MultipartForm().file("graph", graph), "#");
    assertRefused(new MultipartForm().field("name", "../etc").file("graph", graph), "#/name");
    assertRefused(new MultipartForm().field("name", "a").field("graph", "text"), "#/graph");
    assertRefused(new MultipartForm().file("name", graph).file("graph", graph), "#/name");
    assertRefused(
        new MultipartForm().field("name", "a").file("graph", graph).file("graph", graph),
        "#/graph");
    assertRefused(new MultipartForm().field("name", "a").file("graph", new byte[0]), "#/graph");
    assertRefused(
        new MultipartForm().field("name", "a").field("owner", "me").file("graph", graph),
        "#/owner");
    assertThat(api.get("/api/v1/models").json().getJsonArray("items")).isEmpty();
  }

  @Test
  void modelsAreListedByNameInPages() {
    for (String name : List.of("c", "a", "b")) {
      api.upload(name);
    }

    JsonObject first = api.get("/api/v1/models?limit=2").json();
    JsonObject second =
        api.get("/api/v1/models?limit=2&cursor=" + first.getString("nextCursor")).json();

    assertThat(names(first)).containsExactly("a", "b");
    assertThat(names(second)).containsExactly("c");
    assertThat(second.getValue("nextCursor")).isNull();
  }

  @Test
  void versionsAreListedNewestFirstInPages() {
    api.upload("digits");
    addVersions(5);

    JsonObject first = api.get("/api/v1/models/digits/versions?limit=3").json();
    JsonObject second =
        api.get("/api/v1/models/digits/versions?limit=3&cursor=" + first.getInteger("nextCursor"))
            .json();

    assertThat(numbers(first)).containsExactly(5, 4, 3);
    assertThat(numbers(second)).containsExactly(2, 1);
    assertThat(second.getValue("nextCursor")).isNull();
  }

  @Test
  void versionIsShownWithTheRoundThatMadeIt() {
    api.upload("digits");
    addVersions(2);

    assertThat(api.get("/api/v1/models/digits/versions/1").json().getValue("round")).isNull();
    assertThat(api.get("/api/v1/models/digits/versions/2").json().getString("round"))
        .isEqualTo("digits-r1");
  }

  @Test
  void whatIsNotThereIs404() {
    api.upload("digits");

    for (String path :
        List.of(
            "/api/v1/models/none",
            "/api/v1/models/none/versions",
            "/api/v1/models/none/versions/1",
            "/api/v1/models/digits/versions/2",
            "/api/v1/models/digits/versions/1/artifacts/weights",
            "/api/v1/models/none/versions/1/artifacts/graph")) {
      assertThat(api.get(path).status()).as(path).isEqualTo(404);
    }
  }

  @Test
  void evaluationDataIsSetAndUnknownFiguresAreNull() {
    api.upload("digits");
    byte[] csv = "p0,p1,label\n1,2,0\n3,4,1\n".getBytes(StandardCharsets.UTF_8);

    JsonObject version =
        api.put(
                "/api/v1/models/digits/evaluation-data?labelColumn=label&scale=0.0625",
                "text/csv; charset=utf-8",
                csv)
            .json();

    JsonObject evaluation = version.getJsonObject("evaluation");
    assertThat(evaluation.getLong("examples")).isEqualTo(2);
    assertThat(evaluation.getDouble("accuracy")).isEqualTo(0.0625);
    assertThat(evaluation.containsKey("meanLoss")).isTrue();
    assertThat(evaluation.getValue("meanLoss")).isNull();
  }

  @Test
  void evaluationDataNeedsALabelColumnAndABody() {
    api.upload("digits");
    byte[] csv = "p0,label\n1,0\n".getBytes(StandardCharsets.UTF_8);
    String path = "/api/v1/models/digits/evaluation-data";

    AdminApi.Answer unnamed = api.put(path, "text/csv", csv);
    assertThat(unnamed.status()).isEqualTo(400);
    assertThat(unnamed.json().getJsonArray("errors").getJsonObject(0).getString("parameter"))
        .isEqualTo("labelColumn");
    assertThat(api.put(path + "?labelColumn=label", "text/csv", new byte[0]).status())
        .isEqualTo(400);
    assertThat(api.put(path + "?labelColumn=digit", "text/csv", csv).status()).isEqualTo(422);
    assertThat(api.put(path + "?labelColumn=label&scale=NaN", "text/csv", csv).status())
        .isEqualTo(400);
  }

  private void addVersions(int newest) {
    VersionRecord first =
        AdminApi.await(
                Future.fromCompletionStage(
                    api.coordinator.version(Samples.DIGITS, new ModelVersion(1))))
            .orElseThrow();
    for (int number = 2; number <= newest; number++) {
      api.coordinator.addVersion(
          new VersionRecord(
              new ModelName("digits"),
              new ModelVersion(number),
              InMemoryCoordinator.NOW,
              Optional.of(new RoundId("digits-r" + (number - 1))),
              first.artifacts(),
              Optional.empty(),
              Optional.empty()));
    }
  }

  private AdminApi.Answer sendForm(MultipartForm form) {
    return api.send(
        api.request("/api/v1/models")
            .header("Content-Type", form.contentType())
            .POST(BodyPublishers.ofByteArray(form.bytes())));
  }

  private void assertRefused(MultipartForm form, String pointer) {
    AdminApi.Answer refused = sendForm(form);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().getJsonArray("errors"))
        .extracting(e -> ((JsonObject) e).getString("pointer"))
        .contains(pointer);
  }

  private static List<String> names(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(m -> ((JsonObject) m).getString("name"))
        .toList();
  }

  private static List<Integer> numbers(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(m -> ((JsonObject) m).getInteger("version"))
        .toList();
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
