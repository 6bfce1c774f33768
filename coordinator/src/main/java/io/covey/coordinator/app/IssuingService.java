package io.covey.coordinator.app;

import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.coordinator.enrolment.EnrolmentVerticle;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.settings.HostPort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The issuing service in the coordinator's process, for trials; or none. */
final class IssuingService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IssuingService.class);
  private static final long STEP_SECONDS = 30;

  private final @Nullable OpenAuthority authority;
  private final @Nullable Vertx vertx;

  private IssuingService(@Nullable OpenAuthority authority, @Nullable Vertx vertx) {
    this.authority = authority;
    this.vertx = vertx;
  }

  /**
   * Starts it where the settings name an address for it, and in every trial.
   *
   * @throws CommandFailedException that says what to do
   */
  static IssuingService startIfAsked(CoordinatorSettings settings) {
    return settings
        .issuingService()
        .map(listen -> start(settings.identityDirectory(), listen))
        .orElseGet(() -> new IssuingService(null, null));
  }

  private static IssuingService start(Path directory, HostPort listen) {
    Vertx vertx = Vertx.vertx();
    IssuingService started = null;
    boolean done = false;
    try {
      OpenAuthority authority = OpenAuthority.open(directory);
      started = new IssuingService(authority, vertx);
      EnrolmentVerticle service = AuthorityIssuing.service(authority, directory, listen);
      vertx
          .deployVerticle(service)
          .toCompletionStage()
          .toCompletableFuture()
          .get(STEP_SECONDS, TimeUnit.SECONDS);
      done = true;
      return started;
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    } finally {
      if (!done && started != null) {
        started.close();
      } else if (!done) {
        vertx.close();
      }
    }
  }

  private static CommandFailedException failed(Exception e) {
    return CommandFailedException.failed(
            "the issuing service did not start: " + e.getMessage(), "see identity.serve")
        .causedBy(e);
  }

  /** Says that it runs, and what that means. */
  void log() {
    if (vertx != null) {
      LOG.warn(
          "the issuing service runs in the coordinator's process: whoever takes that over can enrol"
              + " participants. In production it belongs on another machine: covey authority"
              + " serve");
    }
  }

  /** Stops it and wipes the key. */
  @Override
  public void close() {
    if (vertx != null) {
      try {
        vertx.close().toCompletionStage().toCompletableFuture().get(STEP_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("the issuing service did not stop in order", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (authority != null) {
      authority.close();
    }
  }
}
