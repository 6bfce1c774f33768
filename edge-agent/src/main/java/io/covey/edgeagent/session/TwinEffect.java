package io.covey.edgeagent.session;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ModelManifest;

/** What the {@link Twin} asks of the world. */
public sealed interface TwinEffect {

  /** Lets {@code actions} carry this effect out. */
  void perform(Actions actions);

  /** The world, as the twin sees it. */
  interface Actions {
    /** Bring all artifacts into the cache; answer {@code Fetched} or {@code Failed}. */
    void fetch(ModelManifest manifest);

    /** Nobody waits for this version any more. */
    void cancelFetch(ModelManifest manifest);

    /** Load beside what is served, run once; answer {@code Loaded} or {@code Failed}. */
    void load(ModelManifest manifest);

    /** Let the loaded version answer requests from now on. */
    void serve(ModelManifest manifest);

    /** Close a loaded version that is no longer wanted. */
    void discard(ModelManifest manifest);

    /** Stop serving a model. */
    void retire(ModelName model);

    /** Tell the coordinator what runs. */
    void report();
  }

  /** See {@link Actions#fetch}. */
  record Fetch(ModelManifest manifest) implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.fetch(manifest);
    }
  }

  /** See {@link Actions#cancelFetch}. */
  record CancelFetch(ModelManifest manifest) implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.cancelFetch(manifest);
    }
  }

  /** See {@link Actions#load}. */
  record Load(ModelManifest manifest) implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.load(manifest);
    }
  }

  /** See {@link Actions#serve}. */
  record Serve(ModelManifest manifest) implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.serve(manifest);
    }
  }

  /** See {@link Actions#discard}. */
  record Discard(ModelManifest manifest) implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.discard(manifest);
    }
  }

  /** See {@link Actions#retire}. */
  record Retire(ModelName model) implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.retire(model);
    }
  }

  /** See {@link Actions#report}. */
  record Report() implements TwinEffect {
    @Override
    public void perform(Actions actions) {
      actions.report();
    }
  }
}
