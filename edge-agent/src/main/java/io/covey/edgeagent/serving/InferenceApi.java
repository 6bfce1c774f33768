package io.covey.edgeagent.serving;

import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.models.runtime.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * What each path of the Open Inference Protocol v2 answers (REST, <a
 * href="https://github.com/kserve/open-inference-protocol">kserve/open-inference-protocol</a>), and
 * {@code GET /metrics} beside it. Thread-safe.
 */
public final class InferenceApi {
  private final ServingModels models;
  private final String softwareVersion;
  private final Supplier<SortedMap<String, Long>> counters;
  private final Supplier<Optional<String>> obstacle;

  /** What goes back. */
  // A record for its names: two answers are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, String contentType, byte[] body, Optional<String> allow) {
    static Answer json(int status, byte[] body) {
      return new Answer(status, "application/json", body, Optional.empty());
    }

    static Answer error(InferenceException e) {
      Answer answer =
          json(e.reason().status(), InferenceJson.error(String.valueOf(e.getMessage())));
      return e.reason() == Reason.WRONG_METHOD
          ? new Answer(answer.status, answer.contentType, answer.body, Optional.of("GET, POST"))
          : answer;
    }
  }

  /** What answers a body. */
  interface Route {
    Answer answer(byte[] body) throws InferenceException;
  }

  /** A model in a path, and what is asked of it. */
  private record ModelPath(String model, Optional<String> version, String action) {

    /** Empty when the path is none of a model. */
    static Optional<ModelPath> of(List<String> segments) {
      if (segments.size() < 3 || !segments.get(1).equals("models")) {
        return Optional.empty();
      }
      boolean versioned = segments.size() >= 5 && segments.get(3).equals("versions");
      List<String> rest = segments.subList(versioned ? 5 : 3, segments.size());
      if (rest.size() > 1) {
        return Optional.empty();
      }
      return Optional.of(
          new ModelPath(
              segments.get(2),
              versioned ? Optional.of(segments.get(4)) : Optional.empty(),
              rest.isEmpty() ? "" : rest.get(0)));
    }
  }

  /**
   * @param counters by their Prometheus names, without the suffix {@code _total}
   */
  public InferenceApi(
      ServingModels models, String softwareVersion, Supplier<SortedMap<String, Long>> counters) {
    this(models, softwareVersion, counters, Optional::empty);
  }

  /**
   * The same for an agent whose disk may fail.
   *
   * @param obstacle what keeps new versions from being taken, for people; empty for nothing
   */
  public InferenceApi(
      ServingModels models,
      String softwareVersion,
      Supplier<SortedMap<String, Long>> counters,
      Supplier<Optional<String>> obstacle) {
    this.models = models;
    this.softwareVersion = softwareVersion;
    this.counters = counters;
    this.obstacle = obstacle;
  }

  Answer get(String path) throws InferenceException {
    switch (path) {
      case "/v2", "/v2/" -> {
        return Answer.json(200, InferenceJson.server(softwareVersion));
      }
      case "/v2/health/live" -> {
        return Answer.json(200, InferenceJson.live());
      }
      case "/v2/health/ready" -> {
        boolean ready = models.ready();
        return Answer.json(ready ? 200 : 503, InferenceJson.ready(ready, obstacle.get()));
      }
      case "/metrics" -> {
        return metrics();
      }
      default -> {
        return getModel(path);
      }
    }
  }

  private Answer getModel(String path) throws InferenceException {
    ModelPath place = modelPath(path);
    switch (place.action()) {
      case "", "ready" -> {
        try (ServingModels.Use use = models.use(place.model(), place.version())) {
          return Answer.json(
              200,
              place.action().isEmpty()
                  ? InferenceJson.model(use.version())
                  : InferenceJson.modelReady(place.model()));
        }
      }
      case "infer" ->
          throw new InferenceException(
              Reason.WRONG_METHOD, "inference takes POST with a JSON body");
      default -> throw unknownPath();
    }
  }

  /** Who answers a POST to {@code path}; found before the body is read. */
  Route post(String path) throws InferenceException {
    ModelPath place = modelPath(path);
    if (!place.action().equals("infer")) {
      throw ModelPath.of(segments(path)).isPresent()
          ? new InferenceException(Reason.WRONG_METHOD, "this path takes GET")
          : unknownPath();
    }
    return body -> infer(place, body);
  }

  private Answer infer(ModelPath place, byte[] body) throws InferenceException {
    try (ServingModels.Use use = models.use(place.model(), place.version())) {
      InferenceRequest request = InferenceRequestReader.read(body, use.version().signature());
      Map<String, Tensor> outputs = use.run(request.inputs());
      return Answer.json(200, InferenceJson.answer(use.version(), request, outputs));
    }
  }

  private Answer metrics() {
    StringBuilder text = new StringBuilder();
    counters
        .get()
        .forEach(
            (name, value) ->
                text.append("# TYPE %s_total counter%n%s_total %d%n".formatted(name, name, value)));
    return new Answer(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        text.toString().replace(System.lineSeparator(), "\n").getBytes(StandardCharsets.UTF_8),
        Optional.empty());
  }

  private static ModelPath modelPath(String path) throws InferenceException {
    return ModelPath.of(segments(path)).orElseThrow(InferenceApi::unknownPath);
  }

  /** The parts of a path below {@code /}, such as {@code v2}, {@code models}, {@code digits}. */
  private static List<String> segments(String path) {
    List<String> parts = Arrays.asList(path.split("/", -1));
    boolean ours = parts.size() > 1 && parts.get(0).isEmpty() && parts.get(1).equals("v2");
    return ours ? parts.subList(1, parts.size()) : List.of();
  }

  private static InferenceException unknownPath() {
    return new InferenceException(
        Reason.UNKNOWN_PATH,
        "there is nothing here; try /v2, /v2/health/ready or /v2/models/{name}/infer");
  }
}
