package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.TrainingJob;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ReportedState;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.openapi.contract.Operation;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract and the program say the same. */
class ContractTest {
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

  @Test
  void everyOperationOfTheContractAnswers() {
    api.upload("digits");
    api.coordinator.emit(Samples.committed(1));
    api.post("/api/v1/models/digits/training", new JsonObject().put("rounds", 1));
    for (Operation operation : api.contract().enforced().operations()) {
      if (operation.getOperationId().equals("watchTraining")) {
        // Has no end; it has a test of its own.
        continue;
      }
      AdminApi.Answer answer = api.send(plausible(operation));
      assertThat(answer.status()).as(operation.getOperationId()).isBetween(200, 422);
      assertThat(answer.status()).as(operation.getOperationId()).isNotIn(404, 405, 406, 415);
    }
  }

  @Test
  void operationWithoutHandlerAndHandlerWithoutOperationAreRefused() {
    Map<String, Consumer<Exchange>> complete = new HashMap<>();
    api.contract().enforced().operations().forEach(o -> complete.put(o.getOperationId(), e -> {}));
    Map<String, Consumer<Exchange>> lacking = new HashMap<>(complete);
    lacking.remove("getRound");
    Map<String, Consumer<Exchange>> surplus = new HashMap<>(complete);
    surplus.put("deleteEverything", e -> {});

    bind(complete);
    assertThatThrownBy(() -> bind(lacking)).hasMessageContaining("without a handler: [getRound]");
    assertThatThrownBy(() -> bind(surplus))
        .hasMessageContaining("without an operation: [deleteEverything]");
  }

  @Test
  void enumerationsAreThoseOfTheProgram() {
    assertEnumeration("/Training/properties/state", TrainingJob.State.values());
    assertEnumeration("/Round/properties/state", RoundRecord.State.values());
    assertEnumeration("/Round/properties/failure", FailureReason.values());
    assertEnumeration("/Round/properties/dropped/propertyNames", DropReason.values());
    assertEnumeration("/Artifact/properties/role", ArtifactReference.Role.values());
    assertEnumeration(
        "/Agent/properties/models/items/properties/status", ReportedState.Status.values());
    for (String plan : List.of("/PlanRequest", "/Plan")) {
      assertEnumeration(
          plan + "/properties/aggregation/properties/adversary", AdversaryModel.values());
      assertEnumeration(
          plan + "/properties/optimization/properties/algorithm",
          ServerOptimization.Algorithm.values());
    }
  }

  @Test
  void defaultsOfAPlanAreThoseOfTheProgram() {
    JsonObject standard = PlanJson.write(TrainingPlan.standard());

    assertDefaults(schema("/PlanRequest"), standard);
    assertDefaults(schema("/PlanRequest/properties/training"), standard.getJsonObject("training"));
    assertDefaults(
        schema("/PlanRequest/properties/aggregation"), standard.getJsonObject("aggregation"));
    assertThat(
            schema("/PlanRequest/properties/aggregation/properties/stepPeriod")
                .getString("description"))
        .contains(standard.getJsonObject("aggregation").getString("stepPeriod"));
    assertThat(schema("/PlanRequest/properties/selectionPeriod").getString("description"))
        .contains(standard.getString("selectionPeriod"));
    assertThat(schema("/PlanRequest/properties/reportingPeriod").getString("description"))
        .contains(standard.getString("reportingPeriod"));
    assertThat(PlanJson.read(new JsonObject(), TrainingPlan.standard()))
        .isEqualTo(TrainingPlan.standard());
  }

  @Test
  void documentThatIsNoOpenApiIsRefused() {
    Vertx vertx = api.vertx;

    assertThat(Contract.parse(vertx, "openapi: 3.1.0\npaths: 7\n"))
        .satisfies(
            coming ->
                assertThatThrownBy(() -> AdminApi.await(coming)).isInstanceOf(Exception.class));
  }

  private static HttpRequest.Builder plausible(Operation operation) {
    String path =
        operation
            .getOpenAPIPath()
            .replace("{model}", operation.getOperationId().equals("uploadModel") ? "new" : "digits")
            .replace("{version}", "1")
            .replace("{number}", "1")
            .replace("{role}", "graph");
    HttpRequest.Builder request =
        api.request(path + (path.endsWith("evaluation-data") ? "?labelColumn=label" : ""));
    String type = api.contract().mediaTypes(operation).requests().stream().findFirst().orElse("");
    MultipartForm form = new MultipartForm().field("name", "formed").file("graph", new byte[9]);
    byte[] body =
        switch (type) {
          case "" -> new byte[0];
          case "multipart/form-data" -> form.bytes();
          case "application/json" -> "{\"rounds\":1}".getBytes(StandardCharsets.UTF_8);
          default -> "label\n1\n".getBytes(StandardCharsets.UTF_8);
        };
    if (!type.isEmpty()) {
      request.header("Content-Type", type.startsWith("multipart") ? form.contentType() : type);
    }
    return request.method(operation.getHttpMethod().name(), BodyPublishers.ofByteArray(body));
  }

  private static void bind(Map<String, Consumer<Exchange>> handlers) {
    new AdminRouter(api.vertx, api.contract(), handlers, Duration.ofSeconds(1)).build(List.of());
  }

  private static void assertEnumeration(String schema, Enum<?>[] constants) {
    Stream<String> written =
        schema(schema).getJsonArray("enum").stream().filter(Objects::nonNull).map(Object::toString);
    assertThat(written)
        .as(schema)
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(constants).map(Enum::name).toList());
  }

  private static void assertDefaults(JsonObject schema, JsonObject standard) {
    schema
        .getJsonObject("properties")
        .forEach(
            property -> {
              JsonObject described = (JsonObject) property.getValue();
              if (described.containsKey("default")) {
                assertThat(comparable(standard.getValue(property.getKey())))
                    .as(property.getKey())
                    .isEqualTo(comparable(described.getValue("default")));
              }
            });
  }

  /** 4 and 4.0 are one number. */
  private static Object comparable(Object value) {
    return value instanceof Number number ? number.doubleValue() : value;
  }

  private static JsonObject schema(String pointer) {
    Map<String, Object> tree =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(api.contract().document());
    Object found =
        JsonPointer.from("/components/schemas" + pointer)
            .queryJson(new JsonObject(new JsonObject(tree).encode()));
    return (JsonObject) Objects.requireNonNull(found, pointer);
  }
}
