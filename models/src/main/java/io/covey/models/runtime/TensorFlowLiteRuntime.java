package io.covey.models.runtime;

import io.covey.models.data.Preprocessing;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import java.util.Objects;

/** {@link ModelRuntime} on the native TensorFlow Lite library, through its JavaCPP presets. */
final class TensorFlowLiteRuntime implements ModelRuntime {

  private final ModelLimits limits;
  private final boolean accelerated;

  /**
   * @param accelerated whether XNNPACK runs what it is known to survive
   */
  TensorFlowLiteRuntime(ModelLimits limits, boolean accelerated) {
    this.accelerated = accelerated;
    this.limits = Objects.requireNonNull(limits, "limits");
  }

  @Override
  public LoadedModel load(byte[] file) {
    ModelGraph graph = ModelGraph.readChecked(file, limits);
    EntryPoints entryPoints = EntryPoints.of(graph);
    Preprocessing preprocessing = CarriedPreprocessing.of(graph);
    SizeCheck sizes = new SizeCheck(graph, limits);
    sizes.checkFile();
    NativeModel model = NativeModel.build(file, accelerated && Acceleration.isSafe(graph));
    DryRun dryRun = new DryRun(model, graph, sizes, limits);
    try {
      dryRun.checkFile(entryPoints.signatures().values());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    return new TensorFlowLiteModel(model, entryPoints, dryRun, preprocessing, file.length);
  }
}
