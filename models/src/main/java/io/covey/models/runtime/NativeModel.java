package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;

/**
 * A file's bytes in native memory and the native model over them, held as long as anyone uses them.
 * The native model does not copy: without the bytes, an interpreter would read freed memory.
 *
 * <p>Thread rule: safe for use by any number of threads.
 */
final class NativeModel {

  private static final int OK = 0;

  private final NativeLibrary library;
  private final BytePointer bytes;
  private final FlatBufferModel model;
  private final boolean accelerated;

  private boolean open = true;
  private int interpreters;

  private NativeModel(
      NativeLibrary library, BytePointer bytes, FlatBufferModel model, boolean accelerated) {
    this.library = library;
    this.bytes = bytes;
    this.model = model;
    this.accelerated = accelerated;
  }

  /**
   * Copies and verifies {@code file}.
   *
   * @param accelerated whether XNNPACK may run it
   * @throws ModelException when the native verifier refuses it
   */
  static NativeModel build(byte[] file, boolean accelerated) {
    NativeLibrary library = NativeLibrary.load();
    BytePointer bytes = new BytePointer(file);
    FlatBufferModel model = FlatBufferModel.VerifyAndBuildFromBuffer(bytes, file.length);
    if (model == null || model.isNull()) {
      bytes.deallocate();
      throw new ModelException(
          Reason.DAMAGED,
          "the native verifier refuses the .tflite file: it is damaged; fetch or export it again");
    }
    return new NativeModel(library, bytes, model, accelerated);
  }

  /**
   * A new interpreter, which holds this model until {@link #release}.
   *
   * @throws ModelException when the model is closed or the native builder refuses it
   */
  synchronized Interpreter newInterpreter() {
    if (!open) {
      throw closed();
    }
    return newInterpreter(accelerated ? library.accelerated() : library.plain());
  }

  /**
   * As {@link #newInterpreter()}, but without XNNPACK, and also for a session that outlives {@link
   * #close()}.
   */
  synchronized Interpreter newPlainInterpreter() {
    if (!open && interpreters == 0) {
      throw closed();
    }
    return newInterpreter(library.plain());
  }

  private static ModelException closed() {
    return new ModelException(
        Reason.CLOSED, "the model was closed; load it again to open a session");
  }

  private Interpreter newInterpreter(BuiltinOpResolver resolver) {
    Interpreter interpreter = new Interpreter((org.bytedeco.javacpp.Pointer) null);
    int status;
    try (InterpreterBuilder builder = new InterpreterBuilder(model, resolver)) {
      builder.SetNumThreads(1);
      status = builder.apply(interpreter);
    }
    if (status != OK || interpreter.isNull()) {
      interpreter.deallocate();
      throw new ModelException(
          Reason.UNSUPPORTED_OPERATOR,
          "the native runtime refuses the model (status "
              + status
              + "); its reason stands on standard error, as a rule an operator or a"
              + " version of one that TensorFlow Lite 2.20 does not know");
    }
    interpreters++;
    return interpreter;
  }

  /** Frees an interpreter of this model, and the model with the last one after {@link #close()}. */
  synchronized void release(Interpreter interpreter) {
    interpreter.deallocate();
    interpreters--;
    freeWhenUnused();
  }

  /** Refuses new interpreters from now on, and frees the memory once there is none. */
  synchronized void close() {
    if (open) {
      open = false;
      freeWhenUnused();
    }
  }

  private void freeWhenUnused() {
    if (!open && interpreters == 0) {
      model.deallocate();
      bytes.deallocate();
    }
  }
}
