package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseOperationsTest {
  private static final String MODEL = "/api/v1/models/digits";
  private static final String ROLLBACK = MODEL + "/rollback";
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
  void uploadDigits() {
    api.coordinator.reset();
    api.upload("digits");
  }

  @Test
  void goingBackMakesTheNextVersionAndSaysWhereItIs() {
    AdminApi.Answer answer = api.post(ROLLBACK, new JsonObject().put("version", 1));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().getInteger("version")).isEqualTo(2);
    assertThat(answer.json().getValue("round")).isNull();
    assertThat(answer.header("Location")).contains(MODEL + "/versions/2");
  }

  @Test
  void releasesAreListedTheNewestFirstPageByPage() {
    api.post(ROLLBACK, new JsonObject().put("version", 1));
    JsonObject first = api.get(MODEL + "/releases?limit=1").json();
    JsonObject newest = first.getJsonArray("items").getJsonObject(0);
    assertThat(newest.getInteger("counter")).isEqualTo(2);
    assertThat(newest.getInteger("restores")).isEqualTo(1);
    assertThat(first.getInteger("nextCursor")).isEqualTo(2);
    JsonObject rest = api.get(MODEL + "/releases?limit=1&cursor=2").json();
    assertThat(rest.getJsonArray("items").getJsonObject(0).getInteger("version")).isEqualTo(1);
    assertThat(rest.getJsonArray("items").getJsonObject(0).getValue("restores")).isNull();
    assertThat(rest.getValue("nextCursor")).isNull();
    assertThat(api.get("/api/v1/models/none/releases").status()).isEqualTo(404);
  }

  @Test
  void whatCannotBeGoneBackToIsAProblem() {
    assertThat(api.post(ROLLBACK, new JsonObject().put("version", 7)).status()).isEqualTo(404);
    assertThat(api.post(ROLLBACK, new JsonObject().put("version", 0)).status()).isEqualTo(400);
    assertThat(api.post(ROLLBACK, new JsonObject()).status()).isEqualTo(400);
    assertThat(
            api.post("/api/v1/models/none/rollback", new JsonObject().put("version", 1)).status())
        .isEqualTo(404);
    api.post(MODEL + "/training", new JsonObject().put("rounds", 5));
    AdminApi.Answer conflict = api.post(ROLLBACK, new JsonObject().put("version", 1));
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.json().getString("detail")).contains("is being trained");
  }

  @Test
  void theNewestReleaseIsReleasedOnceMoreUnderAHigherCounter() {
    AdminApi.Answer answer = api.post(MODEL + "/releases", new JsonObject().put("version", 1));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json())
        .isEqualTo(
            new JsonObject("{\"model\":\"digits\",\"counter\":2,\"version\":1,\"restores\":null}"));

    api.post(ROLLBACK, new JsonObject().put("version", 1));
    AdminApi.Answer another = api.post(MODEL + "/releases", new JsonObject().put("version", 1));
    assertThat(another.status()).isEqualTo(409);
    assertThat(api.post(MODEL + "/releases", new JsonObject()).status()).isEqualTo(400);
    assertThat(
            api.post("/api/v1/models/none/releases", new JsonObject().put("version", 1)).status())
        .isEqualTo(404);
  }

  @Test
  void anAudienceIsSetShownAndChecked() {
    assertThat(api.get(MODEL + "/audience").json())
        .isEqualTo(new JsonObject("{\"hardware\":[],\"groups\":[],\"agents\":[]}"));
    JsonObject some =
        new JsonObject("{\"hardware\":[\"board-a\"],\"groups\":[],\"agents\":[\"kitchen\"]}");
    assertThat(put(MODEL + "/audience", new JsonObject("{\"hardware\":[\"b\",\"b\"]}")).json())
        .isEqualTo(new JsonObject("{\"hardware\":[\"b\"],\"groups\":[],\"agents\":[]}"));
    assertThat(put(MODEL + "/audience", some).status()).isEqualTo(200);
    assertThat(api.get(MODEL + "/audience").json()).isEqualTo(some);
    for (String wrong :
        List.of("{\"hardware\":[\"a b\"]}", "{\"agents\":\"kitchen\"}", "{\"others\":[]}")) {
      assertThat(put(MODEL + "/audience", new JsonObject(wrong)).status()).isEqualTo(400);
    }
    assertThat(put("/api/v1/models/none/audience", some).status()).isEqualTo(404);
    assertThat(api.get("/api/v1/models/none/audience").status()).isEqualTo(404);
  }

  private static AdminApi.Answer put(String path, JsonObject body) {
    return api.put(path, "application/json", body.toBuffer().getBytes());
  }
}
