package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.models.runtime.ModelRuntime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private volatile boolean closed;
  private final AtomicBoolean fallBackLogged = new AtomicBoolean();

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

  /** False when it has to be tested in this process. */
  private boolean testedInChild(Candidate candidate) throws SelfTestFailedException {
    if (mode != SelfTestMode.CHILD_PROCESS) {
      return false;
    }
    SelfTestResult result =
        child
            .map(process -> process.test(candidate))
            .orElseGet(
                () ->
                    new Failed(
                        Reason.COULD_NOT_START,
                        "this process knows neither its Java nor its class path"));
    boolean goesOn = !closed && !Thread.currentThread().isInterrupted();
    if (goesOn && result instanceof Failed failed && failed.reason() == Reason.COULD_NOT_START) {
      if (!fallBackLogged.getAndSet(true)) {
        LOG.warn(
            "No self-test in a process of its own, so it takes place in this one: {}",
            failed.detail());
      }
      return false;
    }
    require(result);
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
    closed = true;
    child.ifPresent(ChildProcess::close);
  }
}
