package io.covey.coordinator.training;

import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.registry.ServingReport;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.CarriedPreprocessing;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainableVariable;
import io.covey.models.weights.PublishedWeights;
import io.covey.models.weights.TensorLengths;
import io.covey.models.weights.WeightsFile;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the files of a plain model's versions: what is served, and what devices train from.
 *
 * <p>Blocks; any one thread at a time.
 */
final class PlainVersions {
  private final ArtifactFiles files;
  private final ServingMaker serving;

  PlainVersions(ArtifactFiles files, ModelRuntime runtime) {
    this.files = files;
    this.serving = new ServingMaker(files, runtime);
  }

  /** The files of a version, which are kept, and whether it may be served. */
  record Made(List<ArtifactReference> artifacts, ServingReport serving) {
    Made {
      artifacts = List.copyOf(artifacts);
    }
  }

  /**
   * The files of a model's first version.
   *
   * @param masters the values of its variables
   */
  Made first(ModelName name, PlainModel plain, TrainableModel trainable, float[] masters) {
    TrainableModel told =
        new TrainableModel(
            CarriedPreprocessing.put(trainable.graph(), plain.task().preprocessing()),
            trainable.variables());
    ArtifactReference graph = files.keep(Role.GRAPH, told.write());
    return make(plain, new Source(name + " version 1", graph, told, Optional.empty()), masters);
  }

  /** The files of the version that follows {@code base}. */
  Made next(PlainModel plain, VersionRecord base, float[] masters) {
    ArtifactReference graph = reference(base, Role.GRAPH);
    TrainableModel trainable = TrainableModel.read(files.content(graph), ModelLimits.DEFAULT);
    String name = base.model() + " version " + base.version().next();
    PublishedWeights before =
        WeightsFile.readWhole(
            files.content(reference(base, Role.PACKED_WEIGHTS)), lengths(trainable));
    return make(plain, new Source(name, graph, trainable, Optional.of(before)), masters);
  }

  /** What a version is made from besides its values. */
  private record Source(
      String name,
      ArtifactReference graph,
      TrainableModel trainable,
      Optional<PublishedWeights> before) {}

  private Made make(PlainModel plain, Source source, float[] masters) {
    PublishedWeights weights =
        PublishedWeights.of(
            masters, lengths(source.trainable()), plain.task().weights(), source.before());
    byte[] whole = WeightsFile.whole(weights);
    List<ArtifactReference> artifacts = new ArrayList<>();
    artifacts.add(source.graph());
    artifacts.add(files.keep(Role.WEIGHTS, Weights.format(masters)));
    artifacts.add(files.keep(Role.PACKED_WEIGHTS, whole));
    source
        .before()
        .filter(before -> before.form() == weights.form())
        .map(before -> WeightsFile.difference(weights, before))
        .filter(difference -> difference.length < whole.length)
        .ifPresent(difference -> artifacts.add(files.keep(Role.WEIGHTS_DIFFERENCE, difference)));
    ServingMaker.Served served = serving.make(source.name(), plain, source.trainable(), masters);
    served.file().ifPresent(file -> artifacts.add(files.keep(Role.SERVING, file)));
    artifacts.addAll(served.samples());
    return new Made(artifacts, served.report());
  }

  private static TensorLengths lengths(TrainableModel trainable) {
    return TensorLengths.of(
        trainable.variables().stream().map(TrainableVariable::elements).toList());
  }

  private static ArtifactReference reference(VersionRecord version, Role role) {
    return version
        .artifact(role)
        .orElseThrow(() -> new IllegalStateException("plain version without " + role));
  }
}
