package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.ProbationFile;
import io.covey.edgeagent.session.Probation;
import io.covey.edgeagent.session.Probation.Judgement;
import io.covey.edgeagent.session.Probation.Trial;
import io.covey.edgeagent.session.Probation.Verdict;
import io.covey.edgeagent.session.ReturnedVersion;
import io.covey.edgeagent.session.Twin;
import io.covey.edgeagent.session.TwinEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link Probation} of an agent: in memory and, with a data directory, on the disk.
 *
 * <p>The note on the disk says that the process has not ended in order from before the first load
 * of a version on probation until {@link #close}. A note that cannot be written is logged, and the
 * agent goes on: what it loses is the memory of crashes.
 *
 * <p>Thread rule: the agent's scheduler, but for {@link #start} and {@link #write}, which block.
 */
final class ProbationShell {
  private static final Logger LOG = LoggerFactory.getLogger(ProbationShell.class);

  private final AgentId agent;
  private final Scheduler scheduler;
  private final Optional<ProbationFile> file;
  private final Probation.Terms terms;
  private final Map<ModelName, Trial> displaced = new HashMap<>();
  private final Set<ModelManifest> begun = new HashSet<>();
  private final Object writing = new Object();
  private volatile Probation state = Probation.none();
  private boolean clean;

  ProbationShell(
      AgentId agent, Scheduler scheduler, Optional<ProbationFile> file, Probation.Terms terms) {
    this.agent = agent;
    this.scheduler = scheduler;
    this.file = file;
    this.terms = terms;
  }

  /**
   * Reads what the process before has left. Called once, before everything else, on a worker.
   *
   * @param served by that process
   * @return what this one shall serve
   */
  TwinEvent.Restored start(Instant now, List<ModelManifest> served) {
    ProbationFile.Content content = read();
    Judgement judgement = content.probation().started(content.clean(), now, terms);
    state = judgement.next();
    judgement.verdicts().forEach(this::log);
    if (!content.probation().trials().isEmpty()) {
      write();
    }
    return new TwinEvent.Restored(state.restored(served), List.copyOf(state.returned().values()));
  }

  private ProbationFile.Content read() {
    try {
      return file.isPresent()
          ? file.get().read()
          : new ProbationFile.Content(Probation.none(), true);
    } catch (IOException e) {
      LOG.warn("{}: could not read what is on probation: {}", agent, e.getMessage());
      return new ProbationFile.Content(Probation.none(), true);
    }
  }

  /**
   * {@code version} is about to be tested and loaded.
   *
   * @param release its counter; empty as long as no document has said it
   */
  void begin(ModelManifest version, Optional<ModelManifest> previous, OptionalLong release) {
    Instant now = scheduler.now();
    Trial known = state.passed(now, terms).trials().get(version.model());
    if (known != null && !known.version().equals(version)) {
      displaced.put(version.model(), known);
    }
    begun.add(version);
    state = state.begun(version, previous, release, now);
  }

  /**
   * Looks under which counters it is released what is on probation.
   *
   * @param counter of a version's release; empty as long as no document has said it
   */
  void heed(Function<ModelManifest, OptionalLong> counter) {
    Probation next = state;
    for (Trial trial : state.trials().values()) {
      OptionalLong release = counter.apply(trial.version());
      if (release.isPresent()) {
        next = next.released(trial.version(), release.getAsLong());
      }
    }
    change(next);
  }

  /** {@code version} answers from now on; one that answered before a restart is no newer for it. */
  void switched(ModelManifest version) {
    if (begun.remove(version)) {
      displaced.remove(version.model());
      change(state.switched(version, scheduler.now()));
    }
  }

  /** {@code version} does not come to answer, or answers no more. */
  void end(ModelManifest version) {
    begun.remove(version);
    Probation next = state.ended(version);
    Trial before = displaced.get(version.model());
    if (!next.equals(state) && before != null) {
      displaced.remove(version.model());
      next = next.resumed(before);
    }
    change(next);
  }

  /** An inference failed: the event of a return, if it is one too many. */
  Optional<TwinEvent> failed(ModelName model, ModelVersion version) {
    Judgement judgement = state.failed(model, version, scheduler.now(), terms);
    // Failures of this process alone count: the disk need not know them.
    state = judgement.next();
    for (Verdict verdict : judgement.verdicts()) {
      log(verdict);
      ReturnedVersion returned = verdict.returned();
      return verdict.trial().previous().map(back -> new TwinEvent.Returned(returned, back));
    }
    return Optional.empty();
  }

  /** Notes what the twin has come to. */
  void follow(Twin twin) {
    change(state.following(twin.returned()));
  }

  /** What must stay, in case that it has to return. */
  List<ModelManifest> previous() {
    return state.passed(scheduler.now(), terms).heldBack();
  }

  private void change(Probation next) {
    if (!next.equals(state)) {
      state = next;
      var unused = offload(this::write);
    }
  }

  /** Writes the state of this moment; does nothing without a data directory. Blocks. */
  void write() {
    write(false);
  }

  private void write(boolean last) {
    if (file.isEmpty()) {
      return;
    }
    synchronized (writing) {
      if (clean) {
        return;
      }
      clean = last;
      try {
        file.get().write(new ProbationFile.Content(state, last));
      } catch (IOException e) {
        LOG.warn("{}: could not note what is on probation: {}", agent, e.getMessage());
      }
    }
  }

  /** The process ends in order, and no version on probation is why. Nothing is written any more. */
  CompletionStage<@Nullable Void> close() {
    return state.trials().isEmpty()
        ? CompletableFuture.completedFuture(null)
        : offload(() -> write(true));
  }

  private CompletionStage<@Nullable Void> offload(Runnable work) {
    if (file.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return scheduler.offload(
        new Workload(Workload.Kind.STORAGE, 0),
        () -> {
          work.run();
          return null;
        });
  }

  private void log(Verdict verdict) {
    LOG.warn(
        "{}: {} version {} {}",
        agent,
        verdict.trial().version().model(),
        verdict.trial().version().version(),
        verdict.detail());
  }
}
