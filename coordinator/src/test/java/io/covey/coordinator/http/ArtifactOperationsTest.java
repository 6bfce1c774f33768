package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.Sha256;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads (RFC 9110, sections 13 and 14). */
class ArtifactOperationsTest {
  private static final String GRAPH_PATH = "/api/v1/models/digits/versions/1/artifacts/graph";
  // More than one slice and more than a socket's buffers.
  private static final byte[] GRAPH = new byte[5_000_001];

  @TempDir static Path uploads;
  private static AdminApi api;

  @BeforeAll
  static void serve() {
    new Random(1).nextBytes(GRAPH);
    api = AdminApi.onLoopback(uploads);
    MultipartForm form =
        new MultipartForm().field("name", "digits").file("graph", GRAPH).file("weights", GRAPH);
    assertThat(
            api.send(
                    api.request("/api/v1/models")
                        .header("Content-Type", form.contentType())
                        .POST(BodyPublishers.ofByteArray(form.bytes())))
                .status())
        .isEqualTo(201);
  }

  @AfterAll
  static void close() {
    api.close();
  }

  @Test
  void downloadIsTheUploadUnderItsDigest() {
    AdminApi.Answer answer = api.get(GRAPH_PATH);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(GRAPH);
    assertThat(answer.header("etag")).contains('"' + Sha256.of(GRAPH).hex() + '"');
    assertThat(answer.header("content-length")).contains(Integer.toString(GRAPH.length));
    assertThat(answer.header("content-disposition"))
        .contains("attachment; filename=\"digits-1.tflite\"");
    assertThat(api.get("/api/v1/models/digits/versions/1/artifacts/weights").body())
        .isEqualTo(GRAPH);
  }

  @Test
  void headTellsTheSameWithoutTheFile() {
    AdminApi.Answer head =
        api.send(api.request(GRAPH_PATH).method("HEAD", BodyPublishers.noBody()));

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.header("content-length")).contains(Integer.toString(GRAPH.length));
    assertThat(head.header("etag")).contains('"' + Sha256.of(GRAPH).hex() + '"');
  }

  @Test
  void knownFileIsNotSentAgain() {
    String tag = '"' + Sha256.of(GRAPH).hex() + '"';

    for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      AdminApi.Answer answer = api.send(get().header("If-None-Match", known));
      assertThat(answer.status()).as(known).isEqualTo(304);
      assertThat(answer.body()).isEmpty();
    }
    assertThat(api.send(get().header("If-None-Match", "\"other\"")).status()).isEqualTo(200);
  }

  @Test
  void singleRangeIsSentAlone() {
    assertPart("bytes=0-0", 0, 1);
    assertPart("bytes=10-99999", 10, 100_000);
    assertPart("bytes=5000000-", 5_000_000, 5_000_001);
    assertPart("bytes=4999999-99999999", 4_999_999, 5_000_001);
    assertPart("bytes=-3", 4_999_998, 5_000_001);
  }

  @Test
  void whatIsNoSingleRangeOfThisFileGetsTheWhole() {
    for (String range :
        List.of(
            "bytes=0-1,5-6", "bytes=9-3", "lines=1-2", "bytes=-", "bytes=x", "bytes=-9999999")) {
      assertThat(api.send(get().header("Range", range)).body()).as(range).hasSize(GRAPH.length);
    }
    AdminApi.Answer changed =
        api.send(get().header("Range", "bytes=0-1").header("If-Range", "\"other\""));
    assertThat(changed.status()).isEqualTo(200);
  }

  @Test
  void rangeBehindTheEndIsNotSatisfiable() {
    for (String range : List.of("bytes=5000001-", "bytes=999999999999999999-", "bytes=-0")) {
      AdminApi.Answer answer = api.send(get().header("Range", range));
      assertThat(answer.status()).as(range).isEqualTo(416);
      assertThat(answer.header("content-range")).contains("bytes */5000001");
    }
  }

  @Test
  void roleThatIsNoneIsRefused() {
    assertThat(api.get("/api/v1/models/digits/versions/1/artifacts/secrets").status())
        .isEqualTo(400);
  }

  private static void assertPart(String range, int from, int to) {
    AdminApi.Answer answer =
        api.send(
            get().header("Range", range).header("If-Range", '"' + Sha256.of(GRAPH).hex() + '"'));
    assertThat(answer.status()).as(range).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(GRAPH, from, to));
    assertThat(answer.header("content-range"))
        .contains("bytes " + from + "-" + (to - 1) + "/" + GRAPH.length);
  }

  private static HttpRequest.Builder get() {
    return api.request(GRAPH_PATH).GET();
  }
}
