package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the variables of one interpreter as one flat vector, and knows whether they hold
 * anything.
 *
 * <p>Thread rule: inside {@link NativeInterpreter#exclusively} only.
 */
final class ParameterAccess {

  private final EntryPoints entryPoints;
  private final @Nullable SignatureCall read;
  private final @Nullable SignatureCall restore;
  private boolean initialised;

  ParameterAccess(EntryPoints entryPoints, NativeInterpreter interpreter, DryRun dryRun) {
    this.entryPoints = entryPoints;
    this.initialised = entryPoints.variables().initialised();
    read = call(TrainingConvention.PARAMETERS, interpreter, dryRun);
    restore = call(TrainingConvention.RESTORE, interpreter, dryRun);
    if (read != null && initialised && entryPoints.variables().restoreIsOverwritten()) {
      // Runs the initialiser now; otherwise the first call after a restore would run it and undo
      // the restore.
      read.invoke();
    }
  }

  private @Nullable SignatureCall call(String name, NativeInterpreter interpreter, DryRun dryRun) {
    Signature signature = entryPoints.signatures().get(name);
    return signature == null || entryPoints.training() == null
        ? null
        : new SignatureCall(signature, interpreter, dryRun);
  }

  /**
   * Refuses to go on with variables that hold nothing.
   *
   * @throws ModelException when nothing was restored into a model without values of its own
   */
  void requireInitialised() {
    if (!initialised) {
      throw new ModelException(
          Reason.NOT_INITIALISED,
          "the model's variables hold nothing yet, because its file has no initialiser; call"
              + " restore with parameters first");
    }
  }

  /** Copies the parameters into {@code into}. */
  void read(float[] into) {
    requireInitialised();
    TrainingConvention training = training();
    requireLength(training, into.length);
    SignatureCall call = require(read);
    call.invoke();
    List<ParameterLayout.Parameter> parameters = training.layout().parameters();
    for (ParameterLayout.Parameter parameter : parameters) {
      FloatBuffer values = call.output(call.outputIndex(parameter.name())).asFloatBuffer();
      requireElements(parameter, values.remaining());
      values.get(into, parameter.offset(), parameter.length());
    }
  }

  /** Puts {@code from} into the variables. */
  void restore(float[] from) {
    TrainingConvention training = training();
    requireLength(training, from.length);
    SignatureCall call = require(restore);
    for (ParameterLayout.Parameter parameter : training.layout().parameters()) {
      FloatBuffer values = call.input(call.inputIndex(parameter.name())).asFloatBuffer();
      requireElements(parameter, values.remaining());
      values.put(from, parameter.offset(), parameter.length());
    }
    call.invoke();
    initialised = true;
  }

  private TrainingConvention training() {
    TrainingConvention training = entryPoints.training();
    if (training == null) {
      throw noParameters();
    }
    return training;
  }

  private static SignatureCall require(@Nullable SignatureCall call) {
    if (call == null) {
      throw noParameters();
    }
    return call;
  }

  private static ModelException noParameters() {
    return new ModelException(
        Reason.UNSUPPORTED_CONVENTION,
        "the model has no parameters to read or restore; only trainable models have");
  }

  private static void requireLength(TrainingConvention training, int length) {
    if (length != training.layout().size()) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "the vector has "
              + length
              + " parameters, but the model has "
              + training.layout().size());
    }
  }

  private static void requireElements(ParameterLayout.Parameter parameter, int elements) {
    if (elements != parameter.length()) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "parameter '"
              + parameter.name()
              + "' has "
              + elements
              + " elements at run time, not "
              + parameter.length());
    }
  }
}
