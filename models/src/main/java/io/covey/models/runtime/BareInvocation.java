package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import java.nio.FloatBuffer;
import org.bytedeco.tensorflowlite.SignatureRunner;

/**
 * The native runtime alone, for measuring what {@link InferenceSession} adds to it: the same
 * interpreter with the same settings, its input filled once, and nothing read out. Belongs to one
 * thread.
 */
public final class BareInvocation implements AutoCloseable {
  private static final int OK = 0;

  private final NativeModel model;
  private final NativeInterpreter interpreter;
  private final SignatureRunner runner;

  private BareInvocation(NativeModel model, NativeInterpreter interpreter, SignatureRunner runner) {
    this.model = model;
    this.interpreter = interpreter;
    this.runner = runner;
  }

  /**
   * Loads a model and fills its only input.
   *
   * @param input {@code batch} examples
   * @throws ModelException when the model is refused, or cannot take them
   */
  public static BareInvocation open(byte[] file, int batch, FloatBuffer input) {
    ModelGraph graph = ModelGraph.readChecked(file, ModelLimits.DEFAULT);
    EntryPoints entryPoints = EntryPoints.of(graph);
    NativeModel model = NativeModel.build(file, Acceleration.isSafe(graph));
    NativeInterpreter interpreter = new NativeInterpreter(model);
    DryRun dryRun =
        new DryRun(model, graph, new SizeCheck(graph, ModelLimits.DEFAULT), ModelLimits.DEFAULT);
    SignatureCall call = new SignatureCall(entryPoints.inference(), interpreter, dryRun);
    call.resizeBatch(0, batch);
    call.input(0).asFloatBuffer().put(input.duplicate());
    call.invoke();
    return new BareInvocation(
        model, interpreter, interpreter.runner(entryPoints.inference().name()));
  }

  /** Runs the model once. */
  public int invoke() {
    int status = runner.Invoke();
    if (status != OK) {
      throw new ModelException(Reason.EXECUTION_FAILED, "the native runtime failed: " + status);
    }
    return status;
  }

  @Override
  public void close() {
    interpreter.close();
    model.close();
  }
}
