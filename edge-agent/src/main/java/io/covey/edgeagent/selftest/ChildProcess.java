package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Tests versions in processes of their own. Each call of {@link #test} starts one and returns when
 * it is gone; a thread that waits may be interrupted. Thread-safe.
 */
final class ChildProcess implements AutoCloseable {
  /** HotSpot's code for {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int EXIT_OUT_OF_MEMORY = 3;

  /** From here on, an exit code stands for the signal that ended the process. */
  private static final int SIGNALS = 128;

  private static final Map<Integer, String> SIGNAL_NAMES =
      Map.of(4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV");

  private static final Duration AFTER_THE_KILL = Duration.ofSeconds(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ChildCommand command;
  private final ChildLimits limits;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  ChildProcess(ChildCommand command, ChildLimits limits) {
    this.command = command;
    this.limits = limits;
  }

  /** Tests {@code candidate}; blocks for as long as {@link ChildLimits#timeout}. */
  SelfTestResult test(Candidate candidate) {
    ProcessBuilder builder =
        new ProcessBuilder(command.line(limits, candidate.sizeBytes())).redirectErrorStream(true);
    builder.environment().clear();
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Failed(Reason.COULD_NOT_START, String.valueOf(e.getMessage()));
    }
    running.add(process);
    try {
      return closed ? ended() : attend(process, candidate);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ended();
    } finally {
      kill(process);
      running.remove(process);
    }
  }

  private SelfTestResult attend(Process process, Candidate candidate) throws InterruptedException {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    String nonce = HexFormat.of().formatHex(random);
    ChildOutput output =
        new ChildOutput(process.getInputStream(), nonce, limits.outputBytes(), () -> kill(process));
    Thread reader = daemon("self-test-output", output);
    ChildRequest request = new ChildRequest(nonce, limits.timeout().toMillis(), candidate);
    daemon("self-test-input", () -> feed(process, request));
    boolean inTime = process.waitFor(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
    if (!inTime) {
      kill(process);
      process.waitFor(AFTER_THE_KILL.toMillis(), TimeUnit.MILLISECONDS);
    }
    // What it started would keep the pipe open; it was ended with it.
    reader.join(AFTER_THE_KILL.toMillis());
    return closed ? ended() : result(process, output, inTime);
  }

  /** The stream stays open: the child takes its end for the end of this process. */
  private static void feed(Process process, ChildRequest request) {
    try {
      request.write(new DataOutputStream(new BufferedOutputStream(process.getOutputStream())));
    } catch (IOException e) {
      // The child ended early: how it did says why.
      return;
    }
  }

  private SelfTestResult result(Process process, ChildOutput output, boolean inTime) {
    if (output.tooMuch()) {
      return new Failed(
          Reason.TOO_MUCH_OUTPUT, "more than %d bytes".formatted(limits.outputBytes()));
    }
    if (!output.ready()) {
      String how =
          inTime
              ? exit(process.exitValue())
              : "not ready within " + limits.timeout().toSeconds() + " s";
      return new Failed(Reason.COULD_NOT_START, how + said(output));
    }
    if (!inTime) {
      return new Failed(
          Reason.TIMED_OUT, "no end within %d ms".formatted(limits.timeout().toMillis()));
    }
    int code = process.exitValue();
    Optional<SelfTestResult> answer = output.answer();
    if (code == 0 && answer.isPresent()) {
      return answer.get();
    }
    if (code == EXIT_OUT_OF_MEMORY) {
      return new Failed(Reason.OUT_OF_MEMORY, "the heap was full" + said(output));
    }
    return new Failed(
        Reason.CRASHED, exit(code) + (code == 0 ? " without an answer" : "") + said(output));
  }

  private static String exit(int code) {
    if (code <= SIGNALS) {
      return "exit code " + code;
    }
    int signal = code - SIGNALS;
    return "ended by signal %d (%s)"
        .formatted(signal, SIGNAL_NAMES.getOrDefault(signal, "exit code " + code));
  }

  private static String said(ChildOutput output) {
    return output.lastLine().isEmpty() ? "" : "; it said last: " + output.lastLine();
  }

  private static Failed ended() {
    return new Failed(Reason.COULD_NOT_START, "the agent ends");
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** With what it started itself; the JVM takes up its exit code, so that no zombie stays. */
  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Whether a process runs at this moment. */
  boolean busy() {
    return !running.isEmpty();
  }

  /** Ends all that run; {@link #test} starts no more. */
  @Override
  public void close() {
    closed = true;
    running.forEach(ChildProcess::kill);
  }
}
