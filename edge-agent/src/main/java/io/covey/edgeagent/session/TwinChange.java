package io.covey.edgeagent.session;

import io.covey.edgeagent.session.ModelPhase.Fetching;
import io.covey.edgeagent.session.ModelPhase.Loading;
import io.covey.edgeagent.session.ModelPhase.Refused;
import io.covey.edgeagent.session.ModelPhase.Returning;
import io.covey.edgeagent.session.ModelPhase.Serving;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ModelManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The next state of a {@link Twin} while it is being made; lives for one event. */
final class TwinChange {
  private final Twin before;
  private final long revision;
  private final SortedMap<ModelName, ModelPhase> models;
  private final SortedMap<ModelName, ReturnedVersion> returned;
  private final SortedMap<ModelName, ModelManifest> restoring;
  private final List<TwinEffect> effects = new ArrayList<>();

  /**
   * @param revision of the next state
   */
  TwinChange(Twin before, long revision) {
    this.before = before;
    this.revision = revision;
    this.models = new TreeMap<>(before.models());
    this.returned = new TreeMap<>(before.returned());
    this.restoring = new TreeMap<>(before.restoring());
  }

  void put(ModelPhase phase) {
    models.put(phase.target().model(), phase);
  }

  void effect(TwinEffect effect) {
    effects.add(effect);
  }

  /** What was returned from is not tried again. */
  void remember(ReturnedVersion former) {
    ReturnedVersion.note(returned, former, models.keySet());
  }

  void forgetReturn(ModelName model) {
    returned.remove(model);
  }

  /** A version that answered before a restart. */
  void restore(ModelManifest served) {
    begin(served);
    restoring.put(served.model(), served);
  }

  @Nullable ModelManifest restoring(ModelName model) {
    return restoring.get(model);
  }

  /**
   * A version answers again that did before a restart, or cannot.
   *
   * @return whether it did
   */
  boolean endRestoring(ModelManifest manifest) {
    return restoring.remove(manifest.model(), manifest);
  }

  void want(ModelManifest wanted) {
    ModelPhase phase = models.get(wanted.model());
    if (phase != null && phase.target().equals(wanted)) {
      return;
    }
    ReturnedVersion former = returned.get(wanted.model());
    if (former != null && former.version().equals(wanted)) {
      refuse(former);
    } else {
      begin(wanted);
    }
  }

  /** Serves a version that answers already; fetches another. */
  void begin(ModelManifest wanted) {
    ModelPhase phase = models.get(wanted.model());
    Optional<ModelManifest> served = served(phase);
    cancel(phase);
    if (served.equals(Optional.of(wanted))) {
      put(new Serving(wanted));
      return;
    }
    put(new Fetching(wanted, served));
    if (!wanted.equals(restoring.get(wanted.model()))) {
      effect(new TwinEffect.Fetch(wanted));
    }
  }

  /** Keeps what answers or, if nothing does, what is coming to; not what was returned from. */
  void refuse(ReturnedVersion former) {
    ModelManifest refused = former.version();
    ModelPhase phase = models.get(refused.model());
    Optional<ModelManifest> served = served(phase);
    boolean coming = phase instanceof Fetching || phase instanceof Loading;
    if (phase instanceof Returning returning) {
      put(new Returning(refused, served, returning.back(), former.detail()));
    } else if (phase != null && coming && served.isEmpty()) {
      put(new Returning(refused, served, phase.target(), former.detail()));
    } else {
      cancel(phase);
      put(new Refused(refused, served, former.detail()));
    }
  }

  /** The wanted version answers from now on. */
  void switchTo(ModelManifest wanted) {
    put(new Serving(wanted));
    stopRestoring(wanted.model());
    returned.computeIfPresent(wanted.model(), (model, former) -> former.withoutBack());
    effect(new TwinEffect.Serve(wanted));
  }

  /** Another version than the wanted one answers, as it did before a restart. */
  void answerMeanwhile(ModelPhase phase, ModelManifest restored) {
    Optional<ModelManifest> served = Optional.of(restored);
    if (phase instanceof Fetching fetching) {
      put(new Fetching(fetching.target(), served, fetching.withheld()));
    } else if (phase instanceof Loading loading) {
      put(new Loading(loading.target(), served, loading.withheld()));
    } else if (phase instanceof Returning returning) {
      put(new Returning(returning.target(), served, returning.back(), returning.detail()));
    } else if (phase instanceof Refused refused) {
      put(new Refused(refused.target(), served, refused.detail()));
    }
    effect(new TwinEffect.Serve(restored));
  }

  /** The model is no longer wanted. */
  void drop(ModelPhase phase) {
    ModelName model = phase.target().model();
    models.remove(model);
    cancel(phase);
    stopRestoring(model);
    returned.computeIfPresent(model, (name, former) -> former.withoutBack());
    if (phase.served().isPresent()) {
      effect(new TwinEffect.Retire(model));
    }
  }

  /** Ends the fetch of what was wanted; what answered before a restart comes all the same. */
  private void cancel(@Nullable ModelPhase phase) {
    ModelManifest fetched = null;
    if (phase instanceof Fetching) {
      fetched = phase.target();
    } else if (phase instanceof Returning returning) {
      fetched = returning.back();
    }
    if (fetched != null && !fetched.equals(restoring.get(fetched.model()))) {
      effect(new TwinEffect.CancelFetch(fetched));
    }
  }

  private void stopRestoring(ModelName model) {
    ModelManifest coming = restoring.remove(model);
    if (coming != null) {
      effect(new TwinEffect.CancelFetch(coming));
    }
  }

  private static Optional<ModelManifest> served(@Nullable ModelPhase phase) {
    return phase == null ? Optional.empty() : phase.served();
  }

  /** The step, with a report if there is another revision to answer. */
  Step<Twin, TwinEffect> done() {
    return revision == before.revision() ? finished() : reported();
  }

  Step<Twin, TwinEffect> reported() {
    effect(new TwinEffect.Report());
    return finished();
  }

  private Step<Twin, TwinEffect> finished() {
    return new Step<>(new Twin(revision, models, returned, restoring), effects);
  }
}
