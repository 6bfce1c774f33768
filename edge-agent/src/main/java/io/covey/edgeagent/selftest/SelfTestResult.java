package io.covey.edgeagent.selftest;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.Limits;
import java.time.Duration;

/** What came of a self-test. */
public sealed interface SelfTestResult {

  /** Why a version may not answer. */
  enum Reason {
    /** The runtime refused the file, or a run of it. */
    REFUSED,
    /** The process ended by itself: exit code or signal are in the detail. */
    CRASHED,
    /** No end within {@link ChildLimits#timeout}. */
    TIMED_OUT,
    /** More heap than {@link ChildLimits#heapBytes}. */
    OUT_OF_MEMORY,
    /** An output has a value that is not a finite number. */
    NOT_FINITE,
    /** Outputs differ from the signature, or from those of another run on the same inputs. */
    OUTPUTS_DIFFER,
    /** An output is further from what its release expects than that allows. */
    WRONG_ANSWERS,
    /** More than {@link ChildLimits#outputBytes} on the standard streams. */
    TOO_MUCH_OUTPUT,
    /** The process was not ready to take the model: nothing is known about the version. */
    COULD_NOT_START
  }

  /**
   * The version may answer.
   *
   * @param outputs digest of all outputs on all samples
   */
  record Passed(Duration duration, Sha256 outputs) implements SelfTestResult {
    public Passed {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("duration " + duration + ", expected at least 0");
      }
    }
  }

  /**
   * The version may not answer.
   *
   * @param detail for people; cleaned by {@link Limits#readable}
   */
  record Failed(Reason reason, String detail) implements SelfTestResult {
    public Failed {
      detail = Limits.readable(detail);
    }

    /** As the log and the coordinator show it. */
    String text() {
      return "the self-test failed: %s: %s".formatted(reason, detail);
    }
  }
}
