package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.TrainingPlan;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event stream, as its readers see it. */
class WatchOperationsTest {
  private static final String EVENTS = "/api/v1/models/digits/training/events";
  // More than any buffers between the two ends hold.
  private static final int FLOOD = 50_000;

  @TempDir Path uploads;
  private final List<AdminApi> served = new ArrayList<>();

  @AfterEach
  void close() {
    served.forEach(AdminApi::close);
  }

  @Test
  void streamBeginsWithHowThingsAreAndGoesOnWithEveryChange() {
    AdminApi api = serve(2, 256, Duration.ofSeconds(15));
    startTraining(api);
    api.coordinator.emit(Samples.committed(1));
    api.coordinator.emit(Samples.running(2));
    try (RawConnection watcher = watch(api, "")) {
      String head = watcher.read("\r\n\r\n");
      assertThat(head)
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("content-type: text/event-stream")
          .containsIgnoringCase("cache-control: no-store");
      assertThat(event(watcher)).startsWith("event: job\ndata: {\"model\":\"digits\"");
      assertThat(event(watcher)).startsWith("id: 2\nevent: round\n").contains("\"RUNNING\"");

      api.coordinator.emit(Samples.committed(2));
      assertThat(event(watcher)).startsWith("id: 2\nevent: round\n").contains("\"COMMITTED\"");
      pause(api);
      assertThat(event(watcher)).startsWith("event: job\n").contains("\"PAUSED\"");
    }
  }

  @Test
  void dataOfAnEventIsWhatAGetShows() {
    AdminApi api = serve(2, 256, Duration.ofSeconds(15));
    api.coordinator.emit(Samples.failed(1));
    try (RawConnection watcher = watch(api, "")) {
      watcher.read("\r\n\r\n");
      String data = event(watcher).split("data: ", 2)[1];

      assertThat(new JsonObject(data)).isEqualTo(api.get("/api/v1/models/digits/rounds/1").json());
    }
  }

  @Test
  void streamIsTakenUpWhereItWasLeft() {
    AdminApi api = serve(2, 256, Duration.ofSeconds(15));
    for (int number = 1; number <= 5; number++) {
      api.coordinator.emit(Samples.committed(number));
    }
    try (RawConnection watcher = watch(api, "Last-Event-ID: 3\r\n")) {
      watcher.read("\r\n\r\n");
      for (int number = 3; number <= 5; number++) {
        assertThat(event(watcher)).startsWith("id: " + number + "\n");
      }
    }
    assertThat(api.send(api.request(EVENTS).header("Last-Event-ID", "three")).status())
        .isEqualTo(400);
  }

  @Test
  void watcherThatLeavesIsForgotten() {
    AdminApi api = serve(2, 256, Duration.ofSeconds(15));
    CompletableFuture<Void> left = api.coordinator.nextUnsubscription();
    RawConnection watcher = watch(api, "");
    watcher.read("\r\n\r\n");
    assertThat(api.coordinator.watcherCount(Samples.DIGITS)).isEqualTo(1);

    watcher.close();

    assertThat(left).succeedsWithin(AdminApi.PATIENCE);
    assertThat(api.coordinator.watcherCount(Samples.DIGITS)).isZero();
  }

  @Test
  void watcherWhoseBacklogIsFullIsCutOff() {
    AdminApi api = serve(2, 16, Duration.ofSeconds(15));
    CompletableFuture<Void> left = api.coordinator.nextUnsubscription();
    try (RawConnection sluggish = watch(api, "")) {
      sluggish.read("\r\n\r\n");

      for (int i = 0; i < FLOOD && !left.isDone(); i++) {
        api.coordinator.emit(Samples.committed(1));
      }

      assertThat(left).succeedsWithin(AdminApi.PATIENCE);
      assertThat(api.coordinator.watcherCount(Samples.DIGITS)).isZero();
    }
    assertThat(api.get("/metrics").text()).contains("covey_http_watchers_cut_off_total 1.0");
  }

  @Test
  void watcherThatStopsToReadIsCutOffAlthoughThereAreHeartbeats() {
    AdminApi api = serve(2, 65_536, Duration.ofMillis(100), Duration.ofSeconds(1));
    CompletableFuture<Void> left = api.coordinator.nextUnsubscription();
    try (RawConnection stalled = watch(api, "")) {
      stalled.read("\r\n\r\n");

      for (int i = 0; i < FLOOD; i++) {
        api.coordinator.emit(Samples.committed(1));
      }

      assertThat(left).succeedsWithin(AdminApi.PATIENCE);
    }
  }

  @Test
  void heartbeatsKeepAQuietStreamFromBeingIdle() {
    AdminApi api = serve(2, 256, Duration.ofMillis(100), Duration.ofMillis(500));
    try (RawConnection watcher = watch(api, "")) {
      watcher.read("\r\n\r\n");
      for (int beat = 0; beat < 15; beat++) {
        assertThat(watcher.read(":\n\n")).endsWith(":\n\n");
      }
    }
  }

  @Test
  void sluggishWatcherDoesNotHoldUpTheOthers() {
    AdminApi api = serve(2, 65_536, Duration.ofSeconds(15));
    try (RawConnection sluggish = watch(api, "");
        RawConnection prompt = watch(api, "")) {
      sluggish.read("\r\n\r\n");
      prompt.read("\r\n\r\n");
      List<Integer> numbers = new ArrayList<>();
      for (int batch = 0; batch < 10; batch++) {
        for (int i = 1; i <= 100; i++) {
          api.coordinator.emit(Samples.running(batch * 100 + i));
        }
        for (int i = 1; i <= 100; i++) {
          numbers.add(Integer.valueOf(event(prompt).split("\n", 2)[0].substring(4)));
        }
      }
      assertThat(numbers).hasSize(1_000).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void moreWatchersThanAllowedAreTurnedAway() throws Exception {
    AdminApi api = serve(1, 256, Duration.ofSeconds(15));
    try (RawConnection first = watch(api, "")) {
      first.read("\r\n\r\n");
      AdminApi.Answer refused = api.send(api.request(EVENTS));
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("retry-after")).isPresent();
      assertThat(api.get("/metrics").text()).contains("covey_http_watchers 1.0");

      CompletableFuture<Void> left = api.coordinator.nextUnsubscription();
      first.close();
      left.get(AdminApi.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    try (RawConnection second = watch(api, "")) {
      assertThat(second.read("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void refusedWatcherTakesNoPlace() {
    AdminApi api = serve(1, 256, Duration.ofSeconds(15));
    for (int i = 0; i < 3; i++) {
      assertThat(api.get("/api/v1/models/none/training/events").status()).isEqualTo(404);
    }
    api.coordinator.failWith(new IllegalStateException("the store is gone"));
    assertThat(api.get(EVENTS).status()).isEqualTo(500);
    assertThat(api.coordinator.watcherCount(Samples.DIGITS)).isZero();
    assertThat(api.get("/metrics").text()).contains("covey_http_watchers 0.0");
  }

  @Test
  void streamsEndWithTheServer() {
    AdminApi api = serve(2, 256, Duration.ofSeconds(15));
    CompletableFuture<Void> left = api.coordinator.nextUnsubscription();
    try (RawConnection watcher = watch(api, "")) {
      watcher.read("\r\n\r\n");

      api.undeploy();

      assertThat(left).succeedsWithin(AdminApi.PATIENCE);
      watcher.readToEnd();
    }
  }

  private AdminApi serve(int watchers, int backlog, Duration heartbeat) {
    return serve(watchers, backlog, heartbeat, HttpSettings.Timeouts.standard().idle());
  }

  private AdminApi serve(int watchers, int backlog, Duration heartbeat, Duration idle) {
    HttpSettings.Timeouts standard = HttpSettings.Timeouts.standard();
    AdminApi api =
        new AdminApi(
            HttpSettings.onLoopback(0, uploads)
                .withLoad(new HttpSettings.LoadLimits(64, 4, watchers, backlog))
                .withTimeouts(
                    new HttpSettings.Timeouts(
                        idle, standard.body(), standard.operation(), heartbeat)));
    served.add(api);
    api.upload("digits");
    return api;
  }

  private static RawConnection watch(AdminApi api, String fields) {
    return new RawConnection(api.port())
        .send("GET " + EVENTS + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
  }

  private static void startTraining(AdminApi api) {
    AdminApi.await(
        Future.fromCompletionStage(
            api.coordinator.startTraining(Samples.DIGITS, 2, TrainingPlan.standard())));
  }

  private static void pause(AdminApi api) {
    AdminApi.await(Future.fromCompletionStage(api.coordinator.pauseTraining(Samples.DIGITS)));
  }

  /** The next event, without the chunk around it and without comments before it. */
  private static String event(RawConnection watcher) {
    String chunk = watcher.read("\n\n");
    String content = chunk.substring(chunk.indexOf("\r\n", 2) + 2).strip();
    return content.equals(":") ? event(watcher) : content;
  }
}
