package io.covey.edgeagent.session;

import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.ModelManifest;
import java.util.List;

/** What can happen to the {@link Twin}. */
public sealed interface TwinEvent {

  /** The answer of {@code twin} to this event. */
  Step<Twin, TwinEffect> applyTo(Twin twin);

  /** The agent has started and remembers what it served last, and what it has returned from. */
  record Restored(List<ModelManifest> served, List<ReturnedVersion> returned) implements TwinEvent {
    public Restored {
      served = List.copyOf(served);
      returned = List.copyOf(returned);
    }

    /** Of an agent that has returned from nothing. */
    public Restored(List<ModelManifest> served) {
      this(served, List.of());
    }

    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.restored(served, returned);
    }
  }

  /** {@code failed}, which answers, failed its probation: {@code previous} shall answer again. */
  record Returned(ReturnedVersion failed, ModelManifest previous) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.returned(failed, previous);
    }
  }

  /** The coordinator says what the agent should serve. */
  record Desired(DesiredState state) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.desired(state);
    }
  }

  /**
   * The fleet's signed documents release {@code manifest}.
   *
   * @param counter of the release, 1 or more
   */
  record Released(ModelManifest manifest, long counter) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.released(manifest, counter);
    }
  }

  /**
   * {@code manifest} has to wait until signed releases allow it.
   *
   * @param reason for people; empty when it waits no more
   */
  record Withheld(ModelManifest manifest, String reason) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.withheld(manifest, reason);
    }
  }

  /** All artifacts of {@code manifest} lie in the cache, checked. */
  record Fetched(ModelManifest manifest) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.fetched(manifest);
    }
  }

  /** {@code manifest} is loaded, has passed its self-run, and waits to be served or discarded. */
  record Loaded(ModelManifest manifest) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.loaded(manifest);
    }
  }

  /** {@code manifest} was refused because a key was missing, which has come. */
  record KeysCame(ModelManifest manifest) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.keysCame(manifest);
    }
  }

  /** {@code manifest} can be neither fetched nor loaded, for good. */
  record Failed(ModelManifest manifest, String detail) implements TwinEvent {
    @Override
    public Step<Twin, TwinEffect> applyTo(Twin twin) {
      return twin.failed(manifest, detail);
    }
  }
}
