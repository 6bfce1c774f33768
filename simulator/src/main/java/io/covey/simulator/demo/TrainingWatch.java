package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows a model's training by the coordinator's server-sent events (WHATWG HTML, section 9.2).
 * One thread reads the stream, and opens it again where it broke off; another takes the events.
 */
final class TrainingWatch implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Breaks of the stream in a row after which the coordinator counts as gone. */
  private static final int ATTEMPTS = 5;

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final AdminClient admin;
  private final String model;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(10_000);
  private final Thread reader;
  private volatile @Nullable InputStream stream;
  private volatile boolean closed;
  private int lastRound;

  /** One event. */
  sealed interface Event {
    /** The job as it is now. */
    record OfJob(JsonNode job) implements Event {}

    /** A round as it is now. */
    record OfRound(JsonNode round) implements Event {}

    /** The stream cannot be read any more. */
    record Broken(IOException cause) implements Event {}
  }

  TrainingWatch(AdminClient admin, String model) {
    this.admin = admin;
    this.model = model;
    this.reader = new Thread(this::follow, "training-watch");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * The next event.
   *
   * @return null when none came in time
   */
  @Nullable Event next(Duration patience) throws InterruptedException {
    return events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    reader.interrupt();
    InputStream open = stream;
    if (open != null) {
      open.close();
    }
  }

  private void follow() {
    int failures = 0;
    try {
      while (!closed) {
        try (InputStream in = admin.events(model, lastRound)) {
          stream = in;
          failures = 0;
          read(in);
        } catch (IOException e) {
          if (++failures == ATTEMPTS) {
            events.put(new Event.Broken(e));
            return;
          }
        }
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
    }
  }

  private void read(InputStream in) throws IOException, InterruptedException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String type = "";
    StringBuilder data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event:")) {
        type = line.substring("event:".length()).strip();
      } else if (line.startsWith("data:")) {
        data.append(line.substring("data:".length()).strip());
      } else if (line.isEmpty() && data.length() > 0) {
        dispatch(type, JSON.readTree(data.toString()));
        type = "";
        data.setLength(0);
      }
    }
  }

  private void dispatch(String type, JsonNode data) throws InterruptedException {
    if (type.equals("job")) {
      events.put(new Event.OfJob(data));
    } else if (type.equals("round")) {
      lastRound = Math.max(lastRound, data.path("number").asInt());
      events.put(new Event.OfRound(data));
    }
  }
}
