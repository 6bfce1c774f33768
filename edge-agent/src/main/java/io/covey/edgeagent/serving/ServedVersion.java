package io.covey.edgeagent.serving;

import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model with its sessions. Counts who uses it, and closes the model when it has
 * been retired and the last user has left. Thread-safe.
 */
public final class ServedVersion {

  /**
   * How many requests run at a time.
   *
   * @param sessions interpreters of one version
   * @param longestWait for one of them, before a request is refused
   */
  public record Concurrency(int sessions, Duration longestWait) {
    public Concurrency {
      if (sessions < 1 || longestWait.isNegative()) {
        throw new IllegalArgumentException("sessions " + sessions + ", wait " + longestWait);
      }
    }
  }

  private final ModelName name;
  private final ModelVersion version;
  private final ServableModel model;
  private final Concurrency concurrency;
  private final Semaphore permits;
  private final Deque<InferenceSession> idle = new ArrayDeque<>();
  private int users = 1;

  ServedVersion(
      ModelName name, ModelVersion version, ServableModel model, Concurrency concurrency) {
    this.name = name;
    this.version = version;
    this.model = model;
    this.concurrency = concurrency;
    this.permits = new Semaphore(concurrency.sessions(), true);
  }

  public ModelName name() {
    return name;
  }

  public ModelVersion version() {
    return version;
  }

  public Signature signature() {
    return model.signature();
  }

  /** Lets one more user in; false once the model is closed. */
  synchronized boolean tryEnter() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** One user leaves; the first was whoever made this. */
  void leave() {
    synchronized (this) {
      if (--users > 0) {
        return;
      }
    }
    // Nobody can enter any more, and no session is out: every borrower was a user.
    synchronized (idle) {
      idle.forEach(InferenceSession::close);
      idle.clear();
    }
    model.close();
  }

  /**
   * Runs the model with a session of its own, waiting for one if it must.
   *
   * @param inputs by name
   * @return the outputs by name
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs) throws InferenceException {
    if (!acquire()) {
      throw new InferenceException(
          Reason.OVERLOADED,
          "model '%s' is busy: no session came free within %d ms; try again later"
              .formatted(name, concurrency.longestWait().toMillis()));
    }
    InferenceSession session = null;
    try {
      session = borrow();
      Map<String, Tensor> outputs = session.run(inputs);
      giveBack(session);
      session = null;
      return outputs;
    } catch (ModelException e) {
      throw translated(e);
    } finally {
      // A session that failed is not trusted with the next request.
      if (session != null) {
        session.close();
      }
      permits.release();
    }
  }

  private static InferenceException translated(ModelException e) {
    Reason reason =
        switch (e.reason()) {
          case WRONG_SHAPE, WRONG_TYPE, UNKNOWN_SIGNATURE, TOO_LARGE -> Reason.INVALID_REQUEST;
          case DAMAGED,
              NEEDS_FLEX,
              UNSUPPORTED_FORMAT,
              UNSUPPORTED_OPERATOR,
              UNSUPPORTED_TYPE,
              UNSUPPORTED_CONVENTION,
              NOT_INITIALISED,
              EXECUTION_FAILED,
              CONCURRENT_USE,
              CLOSED,
              NATIVE_LIBRARY_MISSING ->
              Reason.FAILED;
        };
    return new InferenceException(reason, String.valueOf(e.getMessage()), e);
  }

  private boolean acquire() {
    try {
      return permits.tryAcquire(concurrency.longestWait().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private InferenceSession borrow() {
    @Nullable InferenceSession session;
    synchronized (idle) {
      session = idle.pollFirst();
    }
    return session == null ? model.newSession() : session;
  }

  private void giveBack(InferenceSession session) {
    synchronized (idle) {
      idle.addFirst(session);
    }
  }
}
