package io.covey.edgeagent.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.samples.NamedTensors;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real child processes: some with the real runtime, some that do what models should not. */
@Timeout(180)
class ChildProcessTest {
  private static final ChildLimits LIMITS =
      new ChildLimits(Duration.ofSeconds(60), 32L << 20, 256L << 20, 64 << 10);

  private static final Candidate ANY =
      new Candidate(new byte[] {1, 2, 3}, Optional.empty(), Optional.empty());

  private static ChildCommand command(Class<?> entry, String... arguments) {
    return ChildCommand.ofThisProcess(entry.getName(), List.of(arguments)).orElseThrow();
  }

  private static SelfTestResult real(Candidate candidate) {
    try (ChildProcess child = new ChildProcess(command(SelfTestChild.class), LIMITS)) {
      return child.test(candidate);
    }
  }

  private static Failed misbehaving(ChildLimits limits, String behaviour) {
    try (ChildProcess child =
        new ChildProcess(command(MisbehavingChild.class, behaviour), limits)) {
      SelfTestResult result = child.test(ANY);
      assertThat(ProcessHandle.current().children()).noneMatch(ProcessHandle::isAlive);
      return (Failed) result;
    }
  }

  @Test
  void aModelThatWorksPassesWithTheOutputsOfThisProcess() throws Exception {
    for (Optional<ReleasedSamples> samples :
        List.of(Optional.<ReleasedSamples>empty(), Optional.of(pixels(0.1f)))) {
      Candidate candidate = DigitsModel.candidate(0.1f, samples);
      SelfTestResult here;
      try (ServableModel model = model(candidate)) {
        here = ModelTrial.run(model, samples);
      }
      assertThat(real(candidate))
          .isInstanceOfSatisfying(
              Passed.class,
              passed -> assertThat(passed.outputs()).isEqualTo(((Passed) here).outputs()));
    }
  }

  @Test
  void aModelThatAnswersAnotherThanItsReleaseExpectsFails() throws Exception {
    assertThat(real(DigitsModel.candidate(0.2f, Optional.of(pixels(0.1f)))))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.WRONG_ANSWERS);
              assertThat(failed.detail()).startsWith("sample 0, output '").contains("expected");
            });
  }

  private static ServableModel model(Candidate candidate) {
    return ServableModel.load(
        ModelRuntime.tensorFlowLite(), candidate.graph(), candidate.weights());
  }

  /** What the model with this weight answers to a picture. */
  private static ReleasedSamples pixels(float weight) throws Exception {
    float[] pixels = new float[2 * DigitsModel.FEATURES];
    pixels[7] = 0.5f;
    NamedTensors inputs =
        NamedTensors.of(Map.of("x", Tensor.ofFloats(List.of(2, DigitsModel.FEATURES), pixels)));
    try (ServableModel model = model(DigitsModel.candidate(weight, Optional.empty()));
        InferenceSession session = model.newSession()) {
      NamedTensors outputs = NamedTensors.of(session.run(inputs.tensors()));
      return new ReleasedSamples(List.of(inputs), List.of(outputs), 0.01);
    }
  }

  @Test
  void aDamagedFileIsRefused() throws Exception {
    assertThat(real(DigitsModel.damaged()))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.REFUSED));
  }

  @Test
  void aModelThatGivesNoNumbersFails() throws Exception {
    assertThat(real(DigitsModel.candidate(Float.NaN, Optional.empty())))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.NOT_FINITE);
              assertThat(failed.detail()).contains("element 0 is NaN");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "abort, CRASHED, SIGABRT",
    "segfault, CRASHED, SIGABRT",
    "exit, CRASHED, exit code 0 without an answer",
    "exit-7, CRASHED, exit code 7",
    "forge, CRASHED, exit code 0 without an answer",
    "fill-the-heap, OUT_OF_MEMORY, the heap was full",
    "fill-direct-memory, CRASHED, exit code 1",
    "talk, TOO_MUCH_OUTPUT, more than 65536 bytes",
    "never-ready, COULD_NOT_START, no room for this JVM",
    "environment, REFUSED, it has []",
  })
  void whatAChildDoesIsToldAndHarmsNobody(String behaviour, Reason reason, String detail) {
    Failed failed = misbehaving(LIMITS, behaviour);
    assertThat(failed.detail()).contains(detail);
    assertThat(failed.reason()).isEqualTo(reason);
  }

  @Test
  void aChildWithoutEndIsEnded() {
    Failed failed = misbehaving(LIMITS.withTimeout(Duration.ofSeconds(10)), "loop");
    assertThat(failed).isEqualTo(new Failed(Reason.TIMED_OUT, "no end within 10000 ms"));
  }

  @Test
  void nativeMemoryIsBoundedWhereThePlatformCan() {
    assumeTrue(ChildCommand.boundsNativeMemory());
    Failed failed = misbehaving(LIMITS, "fill-native-memory");
    assertThat(failed.reason()).isEqualTo(Reason.CRASHED);
  }

  @Test
  void aChildEndsWithTheProcessThatStartedIt() throws Exception {
    Process process = loopingFor(Duration.ofMinutes(10));
    process.getOutputStream().close();
    assertThat(process.waitFor()).isEqualTo(SelfTestChild.NOBODY_WAITS);
  }

  @Test
  void aChildEndsWhenItsTimeIsOverThoughNobodyEndsIt() throws Exception {
    assertThat(loopingFor(Duration.ofMillis(1)).waitFor()).isEqualTo(SelfTestChild.TIME_IS_OVER);
  }

  private static Process loopingFor(Duration time) throws IOException {
    Process process =
        new ProcessBuilder(command(MisbehavingChild.class, "loop").line(LIMITS, 0))
            .redirectErrorStream(true)
            .start();
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.equals(ChildAnswer.READY)) {
      line = lines.readLine();
    }
    assertThat(line).isNotNull();
    new ChildRequest("n", time.toMillis(), ANY)
        .write(new DataOutputStream(process.getOutputStream()));
    return process;
  }

  @Test
  void closingEndsWhatRuns() throws Exception {
    ChildProcess child = new ChildProcess(command(MisbehavingChild.class, "loop"), LIMITS);
    Thread closer =
        new Thread(
            () -> {
              while (!child.busy()) {
                Thread.onSpinWait();
              }
              child.close();
            });
    closer.start();
    assertThat(child.test(ANY)).isEqualTo(new Failed(Reason.COULD_NOT_START, "the agent ends"));
    closer.join();
  }

  @Test
  void whereThereIsNoJavaNothingIsStarted() {
    ChildCommand none =
        new ChildCommand(Path.of("/nowhere/java"), "x", "io.covey.Nothing", List.of());
    try (ChildProcess child = new ChildProcess(none, LIMITS)) {
      assertThat(((Failed) child.test(ANY)).reason()).isEqualTo(Reason.COULD_NOT_START);
    }
  }
}
