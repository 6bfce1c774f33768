package io.covey.models.runtime;

import io.covey.models.data.Preprocessing;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.util.List;
import java.util.Optional;

/** {@link LoadedModel} on the native library. */
final class TensorFlowLiteModel implements LoadedModel {

  private final NativeModel model;
  private final EntryPoints entryPoints;
  private final DryRun dryRun;
  private final Preprocessing preprocessing;
  private final long sizeBytes;

  TensorFlowLiteModel(
      NativeModel model,
      EntryPoints entryPoints,
      DryRun dryRun,
      Preprocessing preprocessing,
      long sizeBytes) {
    this.model = model;
    this.entryPoints = entryPoints;
    this.dryRun = dryRun;
    this.preprocessing = preprocessing;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public List<Signature> signatures() {
    return List.copyOf(entryPoints.signatures().values());
  }

  @Override
  public Signature inferenceSignature() {
    return entryPoints.inference();
  }

  @Override
  public Optional<ParameterLayout> parameterLayout() {
    return Optional.ofNullable(entryPoints.training()).map(TrainingConvention::layout);
  }

  @Override
  public boolean isTrainable() {
    return entryPoints.training() != null;
  }

  @Override
  public boolean isInitialised() {
    return entryPoints.variables().initialised();
  }

  @Override
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public InferenceSession openInference() {
    return openInference(entryPoints.inference().name());
  }

  @Override
  public InferenceSession openInference(String name) {
    Signature signature = entryPoints.signatures().get(name);
    if (signature == null) {
      throw new ModelException(
          Reason.UNKNOWN_SIGNATURE,
          "the model has no signature '" + name + "', only " + entryPoints.signatures().keySet());
    }
    NativeInterpreter interpreter = new NativeInterpreter(model);
    try {
      return new TensorFlowLiteInference(
          signature, interpreter, parameterAccess(interpreter), dryRun);
    } catch (RuntimeException e) {
      interpreter.close();
      throw e;
    }
  }

  @Override
  public TrainingSession openTraining() {
    TrainingConvention training = entryPoints.training();
    if (training == null) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the model cannot be trained: it has no signature 'train', only "
              + entryPoints.signatures().keySet());
    }
    NativeInterpreter interpreter = new NativeInterpreter(model);
    try {
      return new TensorFlowLiteTraining(
          training, interpreter, parameterAccess(interpreter), dryRun);
    } catch (RuntimeException e) {
      interpreter.close();
      throw e;
    }
  }

  private ParameterAccess parameterAccess(NativeInterpreter interpreter) {
    return new ParameterAccess(entryPoints, interpreter, dryRun);
  }

  @Override
  public void close() {
    model.close();
  }
}
