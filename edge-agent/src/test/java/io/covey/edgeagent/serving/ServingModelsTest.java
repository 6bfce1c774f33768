package io.covey.edgeagent.serving;

import static io.covey.edgeagent.serving.ServingFixtures.TOY;
import static io.covey.edgeagent.serving.ServingFixtures.models;
import static io.covey.edgeagent.serving.ServingFixtures.toy;
import static io.covey.edgeagent.serving.ServingFixtures.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.models.graph.ModelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServingModelsTest {
  private final ToyRuntime runtime = new ToyRuntime();

  private static float ask(ServingModels models) throws InferenceException {
    float[] logits = InProcessInference.run(models, TOY, new float[] {1, 1}).get("logits");
    if (logits == null) {
      throw new AssertionError("there is no output logits");
    }
    return logits[0];
  }

  @Test
  void theNewVersionAnswersAsSoonAsItIsServed() throws Exception {
    ServingModels models = models(1, Duration.ofSeconds(10));
    models.serve(TOY, version(1), toy(runtime, 1));
    assertThat(ask(models)).isEqualTo(2);
    models.serve(TOY, version(2), toy(runtime, 5));
    assertThat(ask(models)).isEqualTo(10);
    assertThat(models.versions()).containsEntry(TOY, version(2));
    assertThat(models.inferences()).isEqualTo(2);
    models.close();
    assertThat(runtime.openModels()).isZero();
    assertThat(runtime.openSessions()).isZero();
    assertThatThrownBy(() -> ask(models)).hasMessageContaining("not served here");
  }

  @Test
  void anOldVersionIsClosedOnlyWhenItsLastRequestIsDone() throws Exception {
    ServingModels models = models(2, Duration.ofSeconds(10));
    models.serve(TOY, version(1), toy(runtime, 1));
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    runtime.beforeRun(
        () -> {
          inside.countDown();
          awaitOrFail(goOn);
        });
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Float> answer = threads.submit(() -> ask(models));
      awaitOrFail(inside);
      runtime.beforeRun(() -> {});
      models.serve(TOY, version(2), toy(runtime, 5));
      assertThat(runtime.openModels()).isEqualTo(2);
      assertThat(ask(models)).isEqualTo(10);
      goOn.countDown();
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(runtime.openModels()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aRequestThatFindsNoSessionInTimeIsRefused() throws Exception {
    ServingModels models = models(1, Duration.ZERO);
    models.serve(TOY, version(1), toy(runtime, 1));
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    runtime.beforeRun(
        () -> {
          inside.countDown();
          awaitOrFail(goOn);
        });
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Float> answer = threads.submit(() -> ask(models));
      awaitOrFail(inside);
      assertThatThrownBy(() -> ask(models))
          .isInstanceOfSatisfying(
              InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OVERLOADED))
          .hasMessageContaining("try again later");
      goOn.countDown();
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(models.failures()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aSessionThatFailedIsNotUsedAgain() throws Exception {
    ServingModels models = models(1, Duration.ofSeconds(10));
    models.serve(TOY, version(1), toy(runtime, 1));
    ask(models);
    assertThat(runtime.openSessions()).isEqualTo(1);
    runtime.beforeRun(
        () -> {
          throw new ModelException(ModelException.Reason.EXECUTION_FAILED, "out of luck");
        });
    assertThatThrownBy(() -> ask(models))
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
    assertThat(runtime.openSessions()).isZero();
    runtime.beforeRun(() -> {});
    assertThat(ask(models)).isEqualTo(2);
  }

  @Test
  void noRequestIsRefusedWhileVersionsAreSwapped() throws Exception {
    int askers = 4;
    int versions = 300;
    ServingModels models = models(2, Duration.ofSeconds(30));
    models.serve(TOY, version(1), toy(runtime, 1));
    ExecutorService threads = Executors.newFixedThreadPool(askers);
    AtomicInteger done = new AtomicInteger();
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < askers; i++) {
        answers.add(threads.submit(() -> askUntil(models, done)));
      }
      for (int number = 2; number <= versions; number++) {
        models.serve(TOY, version(number), toy(runtime, number));
      }
      done.set(1);
      int total = 0;
      for (Future<Integer> answer : answers) {
        total += answer.get(30, TimeUnit.SECONDS);
      }
      assertThat(total).isEqualTo((int) models.inferences());
      assertThat(models.failures()).isZero();
      assertThat(runtime.openModels()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
    models.close();
    assertThat(runtime.openModels()).isZero();
    assertThat(runtime.openSessions()).isZero();
  }

  /** Answers never go back to an older version, and none is refused. */
  private static int askUntil(ServingModels models, AtomicInteger done) throws InferenceException {
    float last = 0;
    int count = 0;
    while (done.get() == 0 || count == 0) {
      float answer = ask(models);
      assertThat(answer).isGreaterThanOrEqualTo(last);
      last = answer;
      count++;
    }
    return count;
  }

  @Test
  void onlyTheServedVersionCanBeAskedFor() throws Exception {
    ServingModels models = models(1, Duration.ofSeconds(10));
    models.serve(TOY, version(3), toy(runtime, 1));
    try (ServingModels.Use use = models.use("toy", Optional.of("3"))) {
      assertThat(use.version().version()).isEqualTo(version(3));
    }
    assertThatThrownBy(() -> models.use("toy", Optional.of("2")))
        .hasMessageContaining("version '2' of model 'toy' is not served here; version 3 is");
    assertThatThrownBy(() -> models.use("other", Optional.empty()))
        .hasMessageContaining("'other' is not served here");
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
