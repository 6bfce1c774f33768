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
 * <p>What answered before a restart comes to answer again before anything else, also when another
 * version is wanted meanwhile: that one may be long in coming.
 *
 * <p>The desired state with the highest revision wins; the same or an older one again is ignored.
 * The revision lives as long as the process: after a restart the first desired state is believed.
 *
 * @param revision of the desired state in force; {@link #NO_REVISION} before the first
 * @param models every model that is wanted, by name
 * @param returned what the agent has returned from, by model
 * @param restoring what answered before a restart and does not yet answer again, by model
 */
public record Twin(
    long revision,
    SortedMap<ModelName, ModelPhase> models,
    SortedMap<ModelName, ReturnedVersion> returned,
    SortedMap<ModelName, ModelManifest> restoring) {

  public static final long NO_REVISION = -1;

  public Twin {
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    returned = Collections.unmodifiableSortedMap(new TreeMap<>(returned));
    restoring = Collections.unmodifiableSortedMap(new TreeMap<>(restoring));
  }

  /** An agent that serves nothing and has been told nothing. */
  public static Twin empty() {
    return new Twin(NO_REVISION, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
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
    TwinChange change = new TwinChange(this, revision);
    served.stream().limit(Limits.MODELS_PER_AGENT).forEach(change::restore);
    for (ReturnedVersion former : returnedBefore) {
      change.remember(former);
      ModelManifest answered = change.restoring(former.version().model());
      if (answered == null || former.back().equals(Optional.of(answered))) {
        change.refuse(former);
      }
      // Else another version has answered since.
    }
    return change.done();
  }

  Step<Twin, TwinEffect> desired(DesiredState state) {
    if (state.revision() <= revision) {
      return Step.unchanged(this);
    }
    TwinChange change = new TwinChange(this, state.revision());
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
    TwinChange change = new TwinChange(this, revision);
    change.remember(failed);
    if (phase instanceof Serving || phase instanceof Refused) {
      String why = phase instanceof Refused refused ? refused.detail() : failed.detail();
      change.put(new Returning(phase.target(), phase.served(), previous, why));
      change.effect(new TwinEffect.Fetch(previous));
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
    TwinChange change = new TwinChange(this, revision);
    ModelPhase phase = models.get(manifest.model());
    if (former.release().isEmpty()) {
      change.remember(former.of(counter));
      return change.done();
    }
    if (phase instanceof Returning) {
      // First the version before, so that there is one to return to.
      return Step.unchanged(this);
    }
    change.forgetReturn(manifest.model());
    if (phase == null || !phase.target().equals(manifest)) {
      return change.done();
    }
    change.begin(manifest);
    return change.reported();
  }

  Step<Twin, TwinEffect> withheld(ModelManifest manifest, String reason) {
    ModelPhase phase = models.get(manifest.model());
    if (phase == null || !phase.target().equals(manifest)) {
      return Step.unchanged(this);
    }
    TwinChange change = new TwinChange(this, revision);
    if (phase instanceof Fetching) {
      change.put(new Fetching(manifest, phase.served(), reason));
      return change.reported();
    }
    if (phase instanceof Loading) {
      change.put(new Loading(manifest, phase.served(), reason));
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
      return isRestoring(manifest)
          ? new Step<>(this, List.of(new TwinEffect.Load(manifest)))
          : Step.unchanged(this);
    }
    TwinChange change = new TwinChange(this, revision);
    change.put(new Loading(manifest, phase.served()));
    change.effect(new TwinEffect.Load(manifest));
    return change.done();
  }

  Step<Twin, TwinEffect> loaded(ModelManifest manifest) {
    TwinChange change = new TwinChange(this, revision);
    ModelPhase phase = models.get(manifest.model());
    boolean restored = change.endRestoring(manifest);
    boolean loading = phase instanceof Loading || (restored && phase instanceof Fetching);
    if (phase != null && loading && phase.target().equals(manifest)) {
      change.switchTo(manifest);
      return change.reported();
    }
    if (phase instanceof Returning returning && returning.back().equals(manifest)) {
      change.put(new Refused(returning.target(), Optional.of(manifest), returning.detail()));
      change.effect(new TwinEffect.Serve(manifest));
      return change.reported();
    }
    if (phase != null && restored && phase.served().isEmpty()) {
      change.answerMeanwhile(phase, manifest);
      return change.reported();
    }
    change.effect(new TwinEffect.Discard(manifest));
    return change.done();
  }

  Step<Twin, TwinEffect> failed(ModelManifest manifest, String detail) {
    ModelPhase phase = models.get(manifest.model());
    TwinChange change = new TwinChange(this, revision);
    boolean restored = change.endRestoring(manifest);
    if (phase instanceof Returning returning && returning.back().equals(manifest)) {
      String why = "%s; the version before: %s".formatted(returning.detail(), detail);
      change.put(new Refused(returning.target(), returning.served(), why));
      return change.reported();
    }
    boolean underWay = phase instanceof Fetching || phase instanceof Loading;
    if (phase == null || !underWay || !phase.target().equals(manifest)) {
      return restored ? change.done() : Step.unchanged(this);
    }
    change.put(new Refused(manifest, phase.served(), detail));
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
    TwinChange change = new TwinChange(this, revision);
    change.put(new Fetching(manifest, phase.served()));
    change.effect(new TwinEffect.Fetch(manifest));
    return change.reported();
  }

  private boolean isRestoring(ModelManifest manifest) {
    return manifest.equals(restoring.get(manifest.model()));
  }
}
