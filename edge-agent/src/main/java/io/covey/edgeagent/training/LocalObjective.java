package io.covey.edgeagent.training;

import io.covey.protocols.message.LocalTraining;

/** What a participant minimizes: the model's own loss, or that with a term added to it. */
public sealed interface LocalObjective {

  /** The objective that a round's plan asks for. */
  static LocalObjective of(LocalTraining plan) {
    return plan.proximalMu() == 0 ? new ModelLoss() : new Proximal(plan.proximalMu());
  }

  /** Whether {@link #correct} does anything. */
  boolean corrects();

  /**
   * Turns a step on the model's loss into a step on this objective.
   *
   * @param before the parameters before the step
   * @param base the round's base version
   * @param after the parameters after the model's own step; overwritten
   */
  void correct(float[] before, float[] base, float learningRate, float[] after);

  /** The model's loss as it is: FedAvg (McMahan et al., AISTATS 2017). */
  record ModelLoss() implements LocalObjective {
    @Override
    public boolean corrects() {
      return false;
    }

    @Override
    public void correct(float[] before, float[] base, float learningRate, float[] after) {
      // A step on the model's loss is what was taken.
    }
  }

  /**
   * The model's loss plus {@code mu/2 * |w - base|^2}: FedProx (Li et al., MLSys 2020, equation 2).
   *
   * <p>The term's gradient is {@code mu * (w - base)}, so a step of gradient descent on the whole
   * is the model's own step minus {@code learningRate * mu * (before - base)}: exact, since both
   * gradients are taken at {@code before}.
   */
  record Proximal(float mu) implements LocalObjective {
    @Override
    public boolean corrects() {
      return true;
    }

    @Override
    public void correct(float[] before, float[] base, float learningRate, float[] after) {
      float factor = learningRate * mu;
      for (int i = 0; i < after.length; i++) {
        after[i] -= factor * (before[i] - base[i]);
      }
    }
  }
}
