package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.SignatureRunner;
import org.bytedeco.tensorflowlite.Subgraph;

/**
 * A native interpreter, used by one thread at a time, and released once: at once when idle, else
 * when the running call ends.
 *
 * <p>Thread rule: {@link #exclusively} lets one caller in and refuses a second; {@link #close()}
 * may be called from any thread.
 */
final class NativeInterpreter implements AutoCloseable {

  private enum State {
    IDLE,
    RUNNING,
    /** A call is running, and the interpreter was closed meanwhile. */
    CLOSING,
    CLOSED
  }

  private final NativeModel model;
  private final Interpreter interpreter;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

  NativeInterpreter(NativeModel model) {
    this.model = model;
    this.interpreter = model.newInterpreter();
  }

  /**
   * Runs {@code action} while nobody else uses this interpreter.
   *
   * @throws ModelException when somebody does, or it is closed
   */
  <T> T exclusively(Supplier<T> action) {
    State before = state.compareAndExchange(State.IDLE, State.RUNNING);
    switch (before) {
      case IDLE -> {}
      case RUNNING ->
          throw new ModelException(
              Reason.CONCURRENT_USE,
              "two threads use one session at the same time; give each thread a session of its"
                  + " own");
      case CLOSING, CLOSED ->
          throw new ModelException(Reason.CLOSED, "the session was closed; open another one");
    }
    try {
      return action.get();
    } finally {
      if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
        state.set(State.CLOSED);
        model.release(interpreter);
      }
    }
  }

  /**
   * The native side of a signature; the empty name stands for the main subgraph of a file without
   * signatures. It lives as long as this interpreter, and is used inside {@link #exclusively} only.
   */
  SignatureRunner runner(String signature) {
    SignatureRunner runner =
        signature.isEmpty()
            ? interpreter.GetSignatureRunner((BytePointer) null)
            : interpreter.GetSignatureRunner(signature);
    if (runner == null || runner.isNull()) {
      throw new ModelException(
          Reason.UNKNOWN_SIGNATURE,
          "the native runtime has no signature '" + signature + "' in this model");
    }
    return runner;
  }

  /**
   * The graph that runs for a signature, for looking at; it lives as long as this interpreter, and
   * is used inside {@link #exclusively} only.
   */
  Subgraph subgraph(String signature) {
    return interpreter.subgraph(
        signature.isEmpty() ? 0 : interpreter.GetSubgraphIndexFromSignature(signature));
  }

  @Override
  public void close() {
    if (state.compareAndSet(State.IDLE, State.CLOSED)) {
      model.release(interpreter);
    } else if (!state.compareAndSet(State.RUNNING, State.CLOSING)
        && state.compareAndSet(State.IDLE, State.CLOSED)) {
      // The running call ended between the two tries.
      model.release(interpreter);
    }
  }
}
