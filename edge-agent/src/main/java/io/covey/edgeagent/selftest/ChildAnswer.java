package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.protocols.id.Sha256;
import java.time.Duration;
import java.util.Optional;

/**
 * The lines that the child says on its standard output, among whatever else the runtime and the JVM
 * print: {@link #READY} once it takes a request, then one line that begins with the request's
 * nonce.
 */
final class ChildAnswer {
  static final String READY = "covey self-test: ready";

  private static final String PASSED = "passed";
  private static final String FAILED = "failed";

  private ChildAnswer() {}

  /** The line for a result. */
  static String line(String nonce, SelfTestResult result) {
    if (result instanceof Passed passed) {
      return "%s %s %d %s"
          .formatted(nonce, PASSED, passed.duration().toNanos(), passed.outputs().hex());
    }
    Failed failed = (Failed) result;
    return "%s %s %s %s".formatted(nonce, FAILED, failed.reason(), failed.detail());
  }

  /** The result in a line; empty when it holds none for this nonce. */
  static Optional<SelfTestResult> parse(String nonce, String line) {
    String[] words = line.split(" ", 4);
    if (words.length < 4 || !words[0].equals(nonce)) {
      return Optional.empty();
    }
    try {
      return switch (words[1]) {
        case PASSED ->
            Optional.of(
                new Passed(Duration.ofNanos(Long.parseLong(words[2])), new Sha256(words[3])));
        case FAILED -> Optional.of(new Failed(Reason.valueOf(words[2]), words[3]));
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException e) {
      // Whatever it was, it was no answer: the caller finds that there is none.
      return Optional.empty();
    }
  }
}
