package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.ModelRuntime;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The process in which a version is tested: reads one {@link ChildRequest}, answers with one {@link
 * ChildAnswer}, and ends. It also ends when its time is over, or when the agent that started it is
 * gone, which closes its standard input.
 */
public final class SelfTestChild {
  static final int TIME_IS_OVER = 124;
  static final int NOBODY_WAITS = 125;

  private SelfTestChild() {}

  /** Called by the agent, with nothing. */
  public static void main(String[] args) throws IOException {
    try (PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
      // Whatever else is printed goes to the log; the answer has a line of its own.
      System.setOut(System.err);
      answers.println(ChildAnswer.READY);
      InputStream in = new BufferedInputStream(System.in);
      ChildRequest request = ChildRequest.read(new DataInputStream(in));
      watch(in, request.timeoutMillis());
      answers.println();
      answers.println(ChildAnswer.line(request.nonce(), test(request.candidate())));
    }
    // At once: a native library that fails while it is unloaded says nothing about the model.
    Runtime.getRuntime().halt(0);
  }

  private static SelfTestResult test(Candidate candidate) {
    try (ServableModel model =
        ServableModel.load(ModelRuntime.tensorFlowLite(), candidate.graph(), candidate.weights())) {
      return ModelTrial.run(model, candidate.samples());
    } catch (ModelException e) {
      // Without its library, this process is no place to test anything in.
      boolean unable = e.reason() == ModelException.Reason.NATIVE_LIBRARY_MISSING;
      return new Failed(
          unable ? Reason.COULD_NOT_START : Reason.REFUSED, String.valueOf(e.getMessage()));
    } catch (OutOfMemoryError e) {
      // Of direct buffers: one of the heap ends the process.
      return new Failed(Reason.OUT_OF_MEMORY, String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      return new Failed(Reason.REFUSED, "the test ended with " + e);
    }
  }

  /** Ends this process after {@code timeoutMillis}, or when {@code in} ends. */
  static void watch(InputStream in, long timeoutMillis) {
    daemon(() -> endAfter(timeoutMillis));
    daemon(() -> endWhenClosed(in));
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "self-test-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private static void endAfter(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but to end it.
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(TIME_IS_OVER);
  }

  private static void endWhenClosed(InputStream in) {
    try {
      int more;
      do {
        more = in.read();
      } while (more >= 0);
    } catch (IOException e) {
      // As good as closed.
      Runtime.getRuntime().halt(NOBODY_WAITS);
    }
    Runtime.getRuntime().halt(NOBODY_WAITS);
  }
}
