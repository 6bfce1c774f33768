package io.covey.coordinator.registry;

/**
 * How a version does on examples that no agent trains on.
 *
 * @param meanLoss per example
 * @param accuracy 0 to 1
 * @param examples how many were evaluated, at least 1
 */
public record HeldOutEvaluation(double meanLoss, double accuracy, long examples) {}
