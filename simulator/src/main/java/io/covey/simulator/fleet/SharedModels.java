package io.covey.simulator.fleet;

import io.covey.models.data.Preprocessing;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.id.Sha256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A runtime that loads each file once for a whole simulated fleet: a hundred devices of one process
 * need the same bytes checked and mapped only once. Each still opens sessions of its own. Belongs
 * to the thread of the virtual time.
 */
final class SharedModels implements ModelRuntime, AutoCloseable {
  private final ModelRuntime runtime;
  private final Map<Sha256, LoadedModel> loaded = new HashMap<>();

  SharedModels(ModelRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public LoadedModel load(byte[] file) {
    return new Handle(loaded.computeIfAbsent(Sha256.of(file), digest -> runtime.load(file)));
  }

  /** Lets go of all files. */
  @Override
  public void close() {
    loaded.values().forEach(LoadedModel::close);
  }

  /** One device's hold on a model that others hold too. */
  private record Handle(LoadedModel model) implements LoadedModel {
    @Override
    public List<Signature> signatures() {
      return model.signatures();
    }

    @Override
    public Signature inferenceSignature() {
      return model.inferenceSignature();
    }

    @Override
    public Optional<ParameterLayout> parameterLayout() {
      return model.parameterLayout();
    }

    @Override
    public boolean isTrainable() {
      return model.isTrainable();
    }

    @Override
    public boolean isInitialised() {
      return model.isInitialised();
    }

    @Override
    public Preprocessing preprocessing() {
      return model.preprocessing();
    }

    @Override
    public long sizeBytes() {
      return model.sizeBytes();
    }

    @Override
    public InferenceSession openInference() {
      return model.openInference();
    }

    @Override
    public InferenceSession openInference(String signature) {
      return model.openInference(signature);
    }

    @Override
    public TrainingSession openTraining() {
      return model.openTraining();
    }

    @Override
    public void close() {
      // The others still need it; it ends with the simulation.
    }
  }
}
