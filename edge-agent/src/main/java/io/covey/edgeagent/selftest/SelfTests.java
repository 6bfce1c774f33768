package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.models.runtime.ModelRuntime;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads versions that have passed their self-test. Blocks, and so belongs on workers; thread-safe.
 *
 * <p>In a child process a version is tested before this process loads it; in this process, after
 * that. The child's runtime is always TensorFlow Lite's with its own limits.
 */
public final class SelfTests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfTests.class);

  private final SelfTestMode mode;
  private final ModelRuntime runtime;
  private final Optional<ChildProcess> child;

  private SelfTests(SelfTestMode mode, ModelRuntime runtime, Optional<ChildProcess> child) {
    this.mode = mode;
    this.runtime = runtime;
    this.child = child;
  }

  /**
   * Tests as {@code mode} says.
   *
   * @param runtime of this process
   */
  public static SelfTests of(SelfTestMode mode, ModelRuntime runtime, ChildLimits limits) {
    Optional<ChildCommand> command =
        mode == SelfTestMode.CHILD_PROCESS
            ? ChildCommand.ofThisProcess(SelfTestChild.class.getName(), List.of())
            : Optional.empty();
    return new SelfTests(mode, runtime, command.map(found -> new ChildProcess(found, limits)));
  }

  /** Tests in a child of another kind. */
  static SelfTests inChild(ModelRuntime runtime, ChildCommand command, ChildLimits limits) {
    return new SelfTests(
        SelfTestMode.CHILD_PROCESS, runtime, Optional.of(new ChildProcess(command, limits)));
  }

  /**
   * The version, loaded into this process.
   *
   * @param beforeLoading called once the version has passed what is not done in this process
   * @throws SelfTestFailedException when it failed its test
   * @throws io.covey.models.graph.ModelException when it passed in a child, and cannot be loaded
   *     here
   */
  public ServableModel admit(Candidate candidate, Runnable beforeLoading)
      throws SelfTestFailedException {
    boolean tested = mode == SelfTestMode.OFF || testedInChild(candidate);
    beforeLoading.run();
    ServableModel model = load(candidate);
    boolean admitted = false;
    try {
      if (!tested) {
        require(ModelTrial.run(model, candidate.samples()));
      }
      admitted = true;
      return model;
    } finally {
      if (!admitted) {
        model.close();
      }
    }
  }

  /** The version, loaded without a test: one that has answered before. */
  public ServableModel load(Candidate candidate) {
    return ServableModel.load(runtime, candidate.graph(), candidate.weights());
  }

  /**
   * False when it is to be tested in this process. Where no child comes up the version fails: to
   * test it here would risk what the child is there for.
   */
  private boolean testedInChild(Candidate candidate) throws SelfTestFailedException {
    if (mode != SelfTestMode.CHILD_PROCESS) {
      return false;
    }
    require(
        child
            .map(process -> process.test(candidate))
            .orElseGet(
                () ->
                    new Failed(
                        Reason.COULD_NOT_START,
                        "this process knows neither its Java nor its class path")));
    return true;
  }

  private static void require(SelfTestResult result) throws SelfTestFailedException {
    if (result instanceof Failed failed) {
      throw new SelfTestFailedException(failed);
    }
    LOG.debug("Self-test passed in {} ms", ((Passed) result).duration().toMillis());
  }

  /** Ends the tests that run; they fail. */
  @Override
  public void close() {
    child.ifPresent(ChildProcess::close);
  }
}
