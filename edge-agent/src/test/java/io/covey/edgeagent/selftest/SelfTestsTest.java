package io.covey.edgeagent.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.covey.edgeagent.serving.ServableModel;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.models.runtime.ModelRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SelfTestsTest {
  private final ToyRuntime runtime = new ToyRuntime();

  private static Candidate toy(float weight) {
    return new Candidate(ToyRuntime.file(2, 3, weight), Optional.empty(), Optional.empty());
  }

  private static ChildCommand misbehaving(String behaviour) {
    return ChildCommand.ofThisProcess(MisbehavingChild.class.getName(), List.of(behaviour))
        .orElseThrow();
  }

  @Test
  void inThisProcessABrokenModelIsClosedAgain() throws Exception {
    try (SelfTests tests = SelfTests.of(SelfTestMode.IN_PROCESS, runtime, ChildLimits.DEFAULT)) {
      tests.admit(toy(1), () -> {}).close();
      assertThatThrownBy(() -> tests.admit(toy(Float.NaN), () -> {}))
          .isInstanceOf(SelfTestFailedException.class)
          .hasMessage("the self-test failed: NOT_FINITE: output 'logits': element 0 is NaN");
    }
    assertThat(runtime.openModels()).isZero();
  }

  @Test
  void offMeansThatNothingIsRun() throws Exception {
    runtime.beforeRun(
        () -> {
          throw new AssertionError("run");
        });
    try (SelfTests tests = SelfTests.of(SelfTestMode.OFF, runtime, ChildLimits.DEFAULT)) {
      tests.admit(toy(1), () -> {}).close();
    }
  }

  @Test
  void whatCrashesItsChildIsNotLoadedHere() {
    try (SelfTests tests = SelfTests.inChild(runtime, misbehaving("abort"), ChildLimits.DEFAULT)) {
      assertThatThrownBy(() -> tests.admit(toy(1), () -> {}))
          .isInstanceOf(SelfTestFailedException.class)
          .hasMessageContaining("CRASHED: ended by signal 6 (SIGABRT)");
    }
    assertThat(runtime.openModels()).isZero();
  }

  @Test
  void whereNoChildCanBeStartedNothingIsLoadedHere() throws Exception {
    ChildCommand none =
        new ChildCommand(Path.of("/nowhere/java"), "x", "io.covey.Nothing", List.of());
    for (ChildCommand command : List.of(none, misbehaving("never-ready"))) {
      try (SelfTests tests = SelfTests.inChild(runtime, command, ChildLimits.DEFAULT)) {
        assertThatThrownBy(() -> tests.admit(toy(1), () -> fail("it goes on")))
            .isInstanceOf(SelfTestFailedException.class)
            .hasMessageContaining("COULD_NOT_START");
      }
    }
  }

  @Test
  void aModelThatPassesInItsChildIsLoadedHere() throws Exception {
    ModelRuntime lite = ModelRuntime.tensorFlowLite();
    try (SelfTests tests = SelfTests.of(SelfTestMode.CHILD_PROCESS, lite, ChildLimits.DEFAULT);
        ServableModel model =
            tests.admit(DigitsModel.candidate(0.1f, Optional.empty()), () -> {})) {
      assertThat(model.signature().inputs()).hasSize(1);
      assertThatThrownBy(
              () -> tests.admit(DigitsModel.candidate(Float.NaN, Optional.empty()), () -> {}))
          .isInstanceOf(SelfTestFailedException.class);
    }
  }
}
