package io.covey.protocols.message;

/**
 * How a participant trains.
 *
 * @param epochs passes over all of the participant's examples
 * @param batchSize examples a step
 * @param learningRate of plain SGD
 * @param proximalMu FedProx (Li et al., MLSys 2020), the coefficient of the proximal term; 0
 *     switches it off
 */
public record LocalTraining(int epochs, int batchSize, float learningRate, float proximalMu) {
  public LocalTraining {
    Limits.checkRange("epochs", epochs, 1, 1000);
    Limits.checkRange("batch size", batchSize, 1, 65_536);
    Limits.checkRange("learning rate", learningRate, Float.MIN_VALUE, 1000f);
    Limits.checkRange("proximal mu", proximalMu, 0f, 1000f);
  }
}
