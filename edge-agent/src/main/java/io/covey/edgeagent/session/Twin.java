package io.covey.edgeagent.session;

import io.covey.edgeagent.session.ModelPhase.Fetching;
import io.covey.edgeagent.session.ModelPhase.Loading;
import io.covey.edgeagent.session.ModelPhase.Refused;
import io.covey.edgeagent.session.ModelPhase.Returning;
import io.covey.edgeagent.session.ModelPhase.Serving;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the agent should serve and how far it has come, as one value.
 *
 * <p>Transitions of one model (other pairs change nothing; answers about a version that is no
 * longer the target are stale and ignored, but a version that was loaded in vain is discarded):
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>phase</th><th>another version wanted</th><th>no longer wanted</th>
 *     <th>fetched</th><th>loaded</th><th>failed</th></tr>
 * <tr><td>(none)</td><td>Fetching</td><td></td><td></td><td></td><td></td></tr>
 * <tr><td>Fetching</td><td>Fetching; Serving when it is the served one</td><td>(none)</td>
 *     <td>Loading</td><td></td><td>Refused</td></tr>
 * <tr><td>Loading</td><td>as Fetching</td><td>(none)</td><td></td><td>Serving</td>
 *     <td>Refused</td></tr>
 * <tr><td>Serving</td><td>Fetching</td><td>(none)</td><td></td><td></td><td></td></tr>
 * <tr><td>Refused</td><td>as Fetching</td><td>(none)</td><td></td><td></td><td></td></tr>
 * <tr><td>Returning</td><td>as Fetching</td><td>(none)</td><td>Returning</td><td>Refused</td>
 *     <td>Refused</td></tr>
 * </table>
 *
 * <p>A version that answers and fails its probation makes its model Returning: the version before
 * is fetched, as a rule from the cache, and loaded. One that was refused for want of a key is
 * Fetching again when the key has come. The failed one is tried again only when the fleet's signed
 * documents release it anew: what a coordinator says after a restart, or of another model, is no
 * reason to.
 *
 * <p>A version that is not released by the fleet's signed documents waits in Fetching or Loading,
 * which say why.
 *
 * <p>The desired state with the highest revision wins; the same or an older one again is ignored.
 * The revision lives as long as the process: after a restart the first desired state is believed.
 *
 * @param revision of the desired state in force; {@link #NO_REVISION} before the first
 * @param models every model that is wanted, by name
 * @param returned what the agent has returned from, by model
 */
public record Twin(
    long revision,
    SortedMap<ModelName, ModelPhase> models,
    SortedMap<ModelName, ReturnedVersion> returned) {

  public static final long NO_REVISION = -1;

  public Twin {
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    returned = Collections.unmodifiableSortedMap(new TreeMap<>(returned));
  }

  /** An agent that serves nothing and has been told nothing. */
  public static Twin empty() {
    return new Twin(NO_REVISION, new TreeMap<>(), new TreeMap<>());
  }

  /** The next state and what must happen. */
  public Step<Twin, TwinEffect> on(TwinEvent event) {
    return event.applyTo(this);
  }

  /** What the agent tells the coordinator: what it serves, and what it is fetching or refuses. */
  public ReportedState report(boolean canTrain) {
    List<ModelState> states = new ArrayList<>();
    for (ModelPhase phase : models.values()) {
      phase
          .served()
          .filter(served -> !served.version().equals(phase.target().version()))
          .ifPresent(m -> states.add(new ModelState(m.model(), m.version(), Status.SERVING, "")));
      states.add(phase.report());
    }
    return new ReportedState(Math.max(0, revision), states, canTrain);
  }

  /** The versions that answer requests, by model name. */
  public List<ModelManifest> served() {
    return models.values().stream().map(ModelPhase::served).flatMap(Optional::stream).toList();
  }

  Step<Twin, TwinEffect> restored(
      List<ModelManifest> served, List<ReturnedVersion> returnedBefore) {
    if (revision != NO_REVISION || !models.isEmpty()) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    served.stream().limit(Limits.MODELS_PER_AGENT).forEach(change::want);
    for (ReturnedVersion former : returnedBefore) {
      ModelPhase phase = change.models.get(former.version().model());
      change.returned.put(former.version().model(), former);
      if (phase == null || former.back().equals(Optional.of(phase.target()))) {
        change.refuse(phase, former);
      }
      // Else another version has answered since.
    }
    return change.done();
  }

  Step<Twin, TwinEffect> desired(DesiredState state) {
    if (state.revision() <= revision) {
      return Step.unchanged(this);
    }
    Change change = new Change(state.revision());
    for (ModelPhase phase : models.values()) {
      ModelName model = phase.target().model();
      if (state.models().stream().noneMatch(wanted -> wanted.model().equals(model))) {
        change.drop(phase);
      }
    }
    state.models().forEach(change::want);
    return change.done();
  }

  Step<Twin, TwinEffect> returned(ReturnedVersion failed, ModelManifest previous) {
    ModelManifest manifest = failed.version();
    ModelPhase phase = models.get(manifest.model());
    if (phase == null || !phase.served().equals(Optional.of(manifest))) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    ReturnedVersion.note(change.returned, failed, models.keySet());
    if (phase instanceof Serving || phase instanceof Refused) {
      String why = phase instanceof Refused refused ? refused.detail() : failed.detail();
      change.models.put(
          manifest.model(), new Returning(phase.target(), phase.served(), previous, why));
      change.effects.add(new TwinEffect.Fetch(previous));
    }
    // Else another version is on its way, which ends this one anyway.
    return change.reported();
  }

  Step<Twin, TwinEffect> released(ModelManifest manifest, long counter) {
    ReturnedVersion former = returned.get(manifest.model());
    if (former == null
        || !former.version().equals(manifest)
        || former.release().orElse(0) >= counter) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    ModelPhase phase = models.get(manifest.model());
    if (former.release().isEmpty()) {
      change.returned.put(manifest.model(), former.of(counter));
      return change.done();
    }
    if (phase instanceof Returning) {
      // First the version before, so that there is one to return to.
      return Step.unchanged(this);
    }
    change.returned.remove(manifest.model());
    if (phase == null || !phase.target().equals(manifest)) {
      return change.done();
    }
    change.begin(manifest, phase);
    return change.reported();
  }

  Step<Twin, TwinEffect> withheld(ModelManifest manifest, String reason) {
    ModelPhase phase = models.get(manifest.model());
    if (phase == null || !phase.target().equals(manifest)) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    if (phase instanceof Fetching) {
      change.models.put(manifest.model(), new Fetching(manifest, phase.served(), reason));
      return change.reported();
    }
    if (phase instanceof Loading) {
      change.models.put(manifest.model(), new Loading(manifest, phase.served(), reason));
      return change.reported();
    }
    return Step.unchanged(this);
  }

  Step<Twin, TwinEffect> fetched(ModelManifest manifest) {
    if (models.get(manifest.model()) instanceof Returning phase && phase.back().equals(manifest)) {
      return new Step<>(this, List.of(new TwinEffect.Load(manifest)));
    }
    if (!(models.get(manifest.model()) instanceof Fetching phase)
        || !phase.target().equals(manifest)) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    change.models.put(manifest.model(), new Loading(manifest, phase.served()));
    change.effects.add(new TwinEffect.Load(manifest));
    return change.done();
  }

  Step<Twin, TwinEffect> loaded(ModelManifest manifest) {
    Change change = new Change(revision);
    if (models.get(manifest.model()) instanceof Loading phase && phase.target().equals(manifest)) {
      change.models.put(manifest.model(), new Serving(manifest));
      change.returned.computeIfPresent(manifest.model(), (model, former) -> former.withoutBack());
      change.effects.add(new TwinEffect.Serve(manifest));
      return change.reported();
    }
    if (models.get(manifest.model()) instanceof Returning phase && phase.back().equals(manifest)) {
      change.models.put(
          manifest.model(), new Refused(phase.target(), Optional.of(manifest), phase.detail()));
      change.effects.add(new TwinEffect.Serve(manifest));
      return change.reported();
    }
    change.effects.add(new TwinEffect.Discard(manifest));
    return change.done();
  }

  Step<Twin, TwinEffect> failed(ModelManifest manifest, String detail) {
    ModelPhase phase = models.get(manifest.model());
    if (phase instanceof Returning returning && returning.back().equals(manifest)) {
      Change change = new Change(revision);
      String why = "%s; the version before: %s".formatted(returning.detail(), detail);
      change.models.put(manifest.model(), new Refused(returning.target(), returning.served(), why));
      return change.reported();
    }
    boolean underWay = phase instanceof Fetching || phase instanceof Loading;
    if (phase == null || !underWay || !phase.target().equals(manifest)) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    change.models.put(manifest.model(), new Refused(manifest, phase.served(), detail));
    return change.reported();
  }

  Step<Twin, TwinEffect> keysCame(ModelManifest manifest) {
    ReturnedVersion former = returned.get(manifest.model());
    boolean returnedFrom = former != null && former.version().equals(manifest);
    if (!(models.get(manifest.model()) instanceof Refused phase)
        || !phase.target().equals(manifest)
        || returnedFrom) {
      return Step.unchanged(this);
    }
    Change change = new Change(revision);
    change.models.put(manifest.model(), new Fetching(manifest, phase.served()));
    change.effects.add(new TwinEffect.Fetch(manifest));
    return change.reported();
  }

  /** The next state while it is being made; lives for one event. */
  private final class Change {
    private final long nextRevision;
    private final SortedMap<ModelName, ModelPhase> models = new TreeMap<>(Twin.this.models);
    private final SortedMap<ModelName, ReturnedVersion> returned =
        new TreeMap<>(Twin.this.returned);
    private final List<TwinEffect> effects = new ArrayList<>();

    Change(long nextRevision) {
      this.nextRevision = nextRevision;
    }

    void want(ModelManifest wanted) {
      ModelPhase phase = models.get(wanted.model());
      if (phase != null && phase.target().equals(wanted)) {
        return;
      }
      ReturnedVersion former = returned.get(wanted.model());
      if (former != null && former.version().equals(wanted)) {
        refuse(phase, former);
      } else {
        begin(wanted, phase);
      }
    }

    /** Serves a version that answers already; fetches another. */
    void begin(ModelManifest wanted, @Nullable ModelPhase phase) {
      Optional<ModelManifest> served = phase == null ? Optional.empty() : phase.served();
      cancel(phase);
      if (served.equals(Optional.of(wanted))) {
        models.put(wanted.model(), new Serving(wanted));
      } else {
        models.put(wanted.model(), new Fetching(wanted, served));
        effects.add(new TwinEffect.Fetch(wanted));
      }
    }

    /** Keeps what answers, or is coming to, and not what the agent has returned from. */
    void refuse(@Nullable ModelPhase phase, ReturnedVersion former) {
      ModelManifest refused = former.version();
      Optional<ModelManifest> served = phase == null ? Optional.empty() : phase.served();
      boolean coming = phase instanceof Fetching || phase instanceof Loading;
      if (phase instanceof Returning returning) {
        models.put(
            refused.model(), new Returning(refused, served, returning.back(), former.detail()));
      } else if (phase != null && coming && !phase.target().equals(refused)) {
        models.put(
            refused.model(), new Returning(refused, served, phase.target(), former.detail()));
      } else {
        cancel(phase);
        models.put(refused.model(), new Refused(refused, served, former.detail()));
      }
    }

    private void cancel(@Nullable ModelPhase phase) {
      if (phase instanceof Fetching) {
        effects.add(new TwinEffect.CancelFetch(phase.target()));
      } else if (phase instanceof Returning returning) {
        effects.add(new TwinEffect.CancelFetch(returning.back()));
      }
    }

    void drop(ModelPhase phase) {
      ModelName model = phase.target().model();
      models.remove(model);
      returned.computeIfPresent(model, (name, former) -> former.withoutBack());
      cancel(phase);
      if (phase.served().isPresent()) {
        effects.add(new TwinEffect.Retire(model));
      }
    }

    Step<Twin, TwinEffect> done() {
      return nextRevision == revision ? finished() : reported();
    }

    Step<Twin, TwinEffect> reported() {
      effects.add(new TwinEffect.Report());
      return finished();
    }

    private Step<Twin, TwinEffect> finished() {
      return new Step<>(new Twin(nextRevision, models, returned), effects);
    }
  }
}
