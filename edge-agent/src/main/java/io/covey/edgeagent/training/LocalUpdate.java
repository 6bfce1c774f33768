package io.covey.edgeagent.training;

/**
 * What came of local training, before anything of it is bounded or hidden.
 *
 * @param delta trained minus base parameters; the receiver's to keep
 * @param examples trained on
 * @param lossSum of the base version over those examples
 * @param correct how many of them the base version got right
 */
// A record for its names: two updates are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record LocalUpdate(float[] delta, int examples, double lossSum, int correct) {}
