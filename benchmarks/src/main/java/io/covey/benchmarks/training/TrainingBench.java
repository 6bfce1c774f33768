package io.covey.benchmarks.training;

import io.covey.models.runtime.TrainingSession;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Takes steps on one batch again and again. What is timed is a session's whole call: handing over
 * the examples, the native step, and the loss.
 *
 * @param warmUpSteps at least 1
 * @param steps at least 1
 * @param learningRate positive and finite
 */
record TrainingBench(int warmUpSteps, int steps, float learningRate) {

  TrainingResult run(TrainingSession session, TrainingBatch batch) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    float firstLoss = batch.train(session, learningRate);
    for (int i = 1; i < warmUpSteps; i++) {
      batch.train(session, learningRate);
    }
    StepTimes elapsed = new StepTimes(steps);
    StepTimes cpu = new StepTimes(steps);
    float lastLoss = firstLoss;
    for (int i = 0; i < steps; i++) {
      long cpuBegin = threads.getCurrentThreadCpuTime();
      long begin = System.nanoTime();
      lastLoss = batch.train(session, learningRate);
      elapsed.add(System.nanoTime() - begin);
      cpu.add(threads.getCurrentThreadCpuTime() - cpuBegin);
    }
    return new TrainingResult(
        this,
        batch.size(),
        new TrainingResult.Step(elapsed.fastestTenthMicros(), cpu.fastestTenthMicros()),
        new TrainingResult.Losses(firstLoss, lastLoss));
  }
}
