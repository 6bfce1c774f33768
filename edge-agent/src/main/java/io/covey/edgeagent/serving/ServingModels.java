package io.covey.edgeagent.serving;

import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.edgeagent.serving.ServedVersion.Concurrency;
import io.covey.models.runtime.Tensor;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The version of each model that answers requests. Thread-safe.
 *
 * <p>{@link #serve} swaps at once: a request that came before is answered by the old version, which
 * is closed when its last request is done; none is refused.
 */
public final class ServingModels implements AutoCloseable {
  private final Concurrency concurrency;
  private final ConcurrentMap<String, ServedVersion> versions = new ConcurrentHashMap<>();
  private final LongAdder inferences = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile boolean ready;
  private volatile FailureListener failureListener = (model, version) -> {};

  /** Is told of inferences that failed in the model. */
  public interface FailureListener {
    /** Called by the thread of the request, right after the failure; must not block. */
    void failed(ModelName model, ModelVersion version);
  }

  public ServingModels(Concurrency concurrency) {
    this.concurrency = concurrency;
  }

  /** Lets {@code model} answer from now on; it is closed when it is followed by another. */
  public void serve(ModelName name, ModelVersion version, ServableModel model) {
    ServedVersion next = new ServedVersion(name, version, model, concurrency);
    leave(versions.put(name.value(), next));
  }

  /** Answers for this model no more. */
  public void retire(ModelName name) {
    leave(versions.remove(name.value()));
  }

  /** Whether everything that should be served is. */
  public boolean ready() {
    return ready;
  }

  public void setReady(boolean ready) {
    this.ready = ready;
  }

  /** What answers requests now, by model. */
  public Map<ModelName, ModelVersion> versions() {
    Map<ModelName, ModelVersion> served = new TreeMap<>();
    versions.values().forEach(v -> served.put(v.name(), v.version()));
    return served;
  }

  /**
   * The version that answers for {@code model}, until {@link Use#close}.
   *
   * @param version the only one that is wanted; empty for the one that is served
   */
  public Use use(String model, Optional<String> version) throws InferenceException {
    while (true) {
      ServedVersion found = versions.get(model);
      if (found == null) {
        throw new InferenceException(
            Reason.UNKNOWN_MODEL, "model '%s' is not served here".formatted(model));
      }
      if (version.isPresent() && !version.get().equals(found.version().toString())) {
        throw new InferenceException(
            Reason.UNKNOWN_MODEL,
            "version '%s' of model '%s' is not served here; version %s is"
                .formatted(version.get(), model, found.version()));
      }
      if (found.tryEnter()) {
        return new Use(found);
      }
      // It was replaced between the two looks: the next look finds what replaced it.
    }
  }

  /** Requests answered since the start. */
  public long inferences() {
    return inferences.sum();
  }

  /** Requests that reached a model and got no answer from it. */
  public long failures() {
    return failures.sum();
  }

  /** Tells {@code listener}, instead of the one before, of failures from now on. */
  public void whenFailed(FailureListener listener) {
    failureListener = listener;
  }

  /** Retires every model. */
  @Override
  public void close() {
    ready = false;
    versions.values().stream().map(ServedVersion::name).toList().forEach(this::retire);
  }

  private static void leave(@Nullable ServedVersion former) {
    if (former != null) {
      former.leave();
    }
  }

  /** A version that stays open while it is in use. Belongs to one request. */
  public final class Use implements AutoCloseable {
    private final ServedVersion served;

    private Use(ServedVersion served) {
      this.served = served;
    }

    public ServedVersion version() {
      return served;
    }

    /** See {@link ServedVersion#run}; counted, but for requests that no model could answer. */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) throws InferenceException {
      try {
        Map<String, Tensor> outputs = served.run(inputs);
        inferences.increment();
        return outputs;
      } catch (InferenceException e) {
        if (e.reason() != Reason.INVALID_REQUEST) {
          failures.increment();
        }
        if (e.reason() == Reason.FAILED) {
          failureListener.failed(served.name(), served.version());
        }
        throw e;
      }
    }

    @Override
    public void close() {
      served.leave();
    }
  }
}
