package io.covey.edgeagent.session;

import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundPlan;
import java.time.Duration;

/** What a {@link Participation} asks of the world. */
public sealed interface ParticipationEffect {

  /** Lets {@code actions} carry this effect out. */
  void perform(Actions actions);

  /** The world, as a participation sees it. */
  interface Actions {
    /** Bring the base version into the cache; answer {@code BaseReady} or {@code Failed}. */
    void prepare(RoundPlan plan);

    /** Train and encode; answer {@code Trained} or {@code Failed}. */
    void train(RoundPlan plan);

    /** Publish the update that waits; answer {@code Published} or {@code Failed}. */
    void publish(RoundId round);

    /** Whatever is under way for this round is no longer wanted. */
    void stop(RoundId round);

    /** Tell the coordinator that this agent leaves. */
    void decline(RoundDeclined message);

    /** Answer {@code DeadlineReached} after {@code delay}. */
    void startDeadline(RoundId round, Duration delay);
  }

  /** See {@link Actions#prepare}. */
  record Prepare(RoundPlan plan) implements ParticipationEffect {
    @Override
    public void perform(Actions actions) {
      actions.prepare(plan);
    }
  }

  /** See {@link Actions#train}. */
  record Train(RoundPlan plan) implements ParticipationEffect {
    @Override
    public void perform(Actions actions) {
      actions.train(plan);
    }
  }

  /** See {@link Actions#publish}. */
  record Publish(RoundId round) implements ParticipationEffect {
    @Override
    public void perform(Actions actions) {
      actions.publish(round);
    }
  }

  /** See {@link Actions#stop}. */
  record Stop(RoundId round) implements ParticipationEffect {
    @Override
    public void perform(Actions actions) {
      actions.stop(round);
    }
  }

  /** See {@link Actions#decline}. */
  record Decline(RoundDeclined message) implements ParticipationEffect {
    @Override
    public void perform(Actions actions) {
      actions.decline(message);
    }
  }

  /** See {@link Actions#startDeadline}. */
  record StartDeadline(RoundId round, Duration delay) implements ParticipationEffect {
    @Override
    public void perform(Actions actions) {
      actions.startDeadline(round, delay);
    }
  }
}
