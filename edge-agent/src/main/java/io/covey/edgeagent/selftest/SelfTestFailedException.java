package io.covey.edgeagent.selftest;

/** A version failed its self-test. The message is for the log and for the coordinator. */
public final class SelfTestFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SelfTestResult.Failed result;

  SelfTestFailedException(SelfTestResult.Failed result) {
    super(result.text());
    this.result = result;
  }

  /** What came of the test. */
  public SelfTestResult.Failed result() {
    return result;
  }
}
