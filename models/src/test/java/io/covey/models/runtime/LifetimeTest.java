package io.covey.models.runtime;

import static io.covey.models.runtime.Fixtures.CLASSES;
import static io.covey.models.runtime.Fixtures.DIGITS;
import static io.covey.models.runtime.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.ModelException.Reason;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/**
 * Native memory is held as long as it is used, and no longer; one thread uses a session at a time.
 */
class LifetimeTest {

  private final float[] digits = Fixtures.digits();
  private final float[] out = new float[DIGITS * CLASSES];

  private static LoadedModel load() {
    return ModelRuntime.tensorFlowLite().load(Fixtures.bytes("digits.tflite"));
  }

  @Test
  void sessionsOutliveTheirModelAndNewOnesAreRefused() {
    LoadedModel model = load();
    try (TrainingSession training = model.openTraining();
        InferenceSession serving = model.openInference()) {
      model.close();
      model.close();
      assertRefused(Reason.CLOSED, model::openInference).hasMessageContaining("load it again");
      assertRefused(Reason.CLOSED, model::openTraining);
      for (int batch : new int[] {1, DIGITS}) {
        float[] some = Arrays.copyOf(digits, batch * Fixtures.PIXELS);
        assertThat(serving.infer(some, batch, out)).isEqualTo(batch * CLASSES);
      }
      assertThat(training.train(digits, Fixtures.labels(), DIGITS, 0.1f)).isPositive();
    }
    assertRefused(Reason.CLOSED, model::openInference);
  }

  @Test
  void closedSessionsRefuseEveryCall() {
    try (LoadedModel model = load()) {
      InferenceSession serving = model.openInference();
      serving.close();
      serving.close();
      assertRefused(Reason.CLOSED, () -> serving.infer(digits, DIGITS, out));
      assertRefused(Reason.CLOSED, () -> serving.restore(new float[1]));
      assertRefused(Reason.CLOSED, () -> serving.run(Map.of()));
      TrainingSession training = model.openTraining();
      training.close();
      assertRefused(Reason.CLOSED, () -> training.readParameters(new float[1]));
      assertRefused(Reason.CLOSED, () -> training.train(digits, new int[DIGITS], DIGITS, 1));
    }
  }

  @Test
  void nativeMemoryIsFreedByTheLastClose() {
    load().close();
    long before = Pointer.totalBytes();
    LoadedModel model = load();
    TrainingSession first = model.openTraining();
    TrainingSession second = model.openTraining();
    assertThat(Pointer.totalBytes() - before)
        .as("one copy of the file, and nothing near a second")
        .isBetween(model.sizeBytes(), 2 * model.sizeBytes() - 1);
    model.close();
    first.close();
    assertThat(Pointer.totalBytes() - before).isGreaterThanOrEqualTo(model.sizeBytes());
    second.close();
    assertThat(Pointer.totalBytes()).isEqualTo(before);
  }

  @Test
  void aSecondThreadIsRefusedAndClosingWaitsForTheRunningCall() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    NativeModel model = NativeModel.build(Fixtures.bytes("digits.tflite"), true);
    NativeInterpreter interpreter = new NativeInterpreter(model);
    model.close();
    try {
      Future<Boolean> call =
          other.submit(
              () ->
                  interpreter.exclusively(
                      () -> {
                        running.countDown();
                        return await(finish);
                      }));
      assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
      assertRefused(Reason.CONCURRENT_USE, () -> interpreter.exclusively(() -> true))
          .hasMessageContaining("a session of its own");
      interpreter.close();
      assertRefused(Reason.CLOSED, () -> interpreter.exclusively(() -> true));
      // Its memory is still there while the call runs.
      model.release(model.newPlainInterpreter());
      finish.countDown();
      assertThat(call.get(60, TimeUnit.SECONDS)).isTrue();
      assertRefused(Reason.CLOSED, model::newPlainInterpreter);
    } finally {
      finish.countDown();
      other.shutdownNow();
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
