package io.covey.edgeagent.session;

import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import java.util.Optional;

/**
 * How far one model has come on the agent.
 *
 * <p>While a wanted version is on its way, the one before it goes on being served: {@link #served}.
 */
public sealed interface ModelPhase {

  /** The version that this phase is about. */
  ModelManifest target();

  /** The version that answers requests now. */
  Optional<ModelManifest> served();

  /** What the agent reports of {@link #target}. */
  ModelState report();

  /**
   * The artifacts of {@code target} are being fetched.
   *
   * @param withheld why that has to wait; empty if it has not
   */
  record Fetching(ModelManifest target, Optional<ModelManifest> served, String withheld)
      implements ModelPhase {
    /** One that has not to wait. */
    public Fetching(ModelManifest target, Optional<ModelManifest> served) {
      this(target, served, "");
    }

    @Override
    public ModelState report() {
      return new ModelState(target.model(), target.version(), Status.FETCHING, withheld);
    }
  }

  /**
   * The artifacts are here; the version is being loaded and run once.
   *
   * @param withheld why that has to wait; empty if it has not
   */
  record Loading(ModelManifest target, Optional<ModelManifest> served, String withheld)
      implements ModelPhase {
    /** One that has not to wait. */
    public Loading(ModelManifest target, Optional<ModelManifest> served) {
      this(target, served, "");
    }

    @Override
    public ModelState report() {
      return new ModelState(target.model(), target.version(), Status.FETCHING, withheld);
    }
  }

  /** The wanted version answers requests. */
  record Serving(ModelManifest target) implements ModelPhase {
    @Override
    public Optional<ModelManifest> served() {
      return Optional.of(target);
    }

    @Override
    public ModelState report() {
      return new ModelState(target.model(), target.version(), Status.SERVING, "");
    }
  }

  /**
   * The wanted version is refused, and the one that answered before, {@code back}, is being brought
   * in again.
   *
   * @param served what answers meanwhile: as a rule {@code target}
   */
  record Returning(
      ModelManifest target, Optional<ModelManifest> served, ModelManifest back, String detail)
      implements ModelPhase {
    @Override
    public ModelState report() {
      return new ModelState(target.model(), target.version(), Status.REFUSED, detail);
    }
  }

  /** The wanted version cannot be served here; it is not tried again until another is wanted. */
  record Refused(ModelManifest target, Optional<ModelManifest> served, String detail)
      implements ModelPhase {
    @Override
    public ModelState report() {
      return new ModelState(target.model(), target.version(), Status.REFUSED, detail);
    }
  }
}
