package io.covey.coordinator.http;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.training.AdminOperations;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The download of a version's files, with their digests as entity tags. */
final class ArtifactOperations {
  private final AdminOperations admin;
  private final TransferSlots transfers;

  ArtifactOperations(AdminOperations admin, TransferSlots transfers) {
    this.admin = admin;
    this.transfers = transfers;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of("downloadArtifact", this::download);
  }

  private void download(Exchange exchange) {
    ModelName name = exchange.model();
    ArtifactReference.Role role =
        ArtifactReference.Role.valueOf(
            exchange.pathText("role").toUpperCase(Locale.ROOT).replace('-', '_'));
    ModelOperations.version(admin, exchange, name, exchange.version())
        .onSuccess(
            version ->
                version.told().stream()
                    .filter(artifact -> artifact.role() == role)
                    .findFirst()
                    .ifPresentOrElse(
                        artifact -> send(exchange, version, artifact),
                        () ->
                            exchange
                                .context()
                                .fail(
                                    ProblemException.notFound(
                                        "The version has no " + ModelJson.segment(role) + "."))))
        .onFailure(exchange.context()::fail);
  }

  private void send(Exchange exchange, VersionRecord version, ArtifactReference artifact) {
    RoutingContext rc = exchange.context();
    String entityTag = '"' + artifact.digest().hex() + '"';
    HttpServerResponse response = rc.response();
    if (response.closed()) {
      return;
    }
    response
        .putHeader(HttpHeaders.ETAG, entityTag)
        .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
        // Content by digest never changes, but the path is not the digest.
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    if (isKnown(rc.request().getHeader(HttpHeaders.IF_NONE_MATCH), entityTag)) {
      response.setStatusCode(304).end();
      return;
    }
    ByteRange range;
    try {
      range = ByteRange.requested(rc.request(), entityTag, artifact.lengthBytes());
    } catch (ProblemException e) {
      rc.fail(e);
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader(
            "Content-Disposition", "attachment; filename=\"" + fileName(version, artifact) + '"')
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(range.lengthBytes()));
    if (!range.isWhole(artifact.lengthBytes())) {
      response
          .setStatusCode(206)
          .putHeader(HttpHeaders.CONTENT_RANGE, range.header(artifact.lengthBytes()));
    }
    if (rc.request().method().equals(HttpMethod.HEAD)) {
      response.end();
      return;
    }
    sendContent(exchange, version, artifact.role(), range);
  }

  private void sendContent(
      Exchange exchange, VersionRecord version, ArtifactReference.Role role, ByteRange range) {
    RoutingContext rc = exchange.context();
    try {
      transfers.acquire(rc);
    } catch (ProblemException e) {
      rc.fail(e);
      return;
    }
    exchange
        .await(admin.artifact(version.model(), version.version(), role))
        .onSuccess(content -> new SlicedWriter(rc.response(), content, range).write())
        .onFailure(rc::fail);
  }

  /** Whether a caller that sends {@code If-None-Match} has the file already. */
  static boolean isKnown(@Nullable String ifNoneMatch, String entityTag) {
    return ifNoneMatch != null
        && (ifNoneMatch.strip().equals("*")
            || List.of(ifNoneMatch.split(",", -1)).stream()
                .map(tag -> tag.strip().replaceFirst("^W/", ""))
                .anyMatch(entityTag::equals));
  }

  private static String fileName(VersionRecord version, ArtifactReference artifact) {
    String suffix =
        switch (artifact.role()) {
          case GRAPH -> ".tflite";
          case SERVING -> "-serving.tflite";
          case WEIGHTS -> ".f32";
          case PACKED_WEIGHTS -> ".weights";
          case WEIGHTS_DIFFERENCE -> "-difference.weights";
          case SAMPLE_INPUTS -> "-inputs.samples";
          case EXPECTED_OUTPUTS -> "-outputs.samples";
          case SERVING_DIFFERENCE -> "-serving.difference";
        };
    return version.model() + "-" + version.version() + suffix;
  }
}
