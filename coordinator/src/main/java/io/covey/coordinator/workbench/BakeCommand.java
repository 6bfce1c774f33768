package io.covey.coordinator.workbench;

import io.covey.models.graph.ModelGraph;
import io.covey.models.quantization.Baker;
import io.covey.models.training.TrainableModel;
import io.covey.protocols.launch.ExitCode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey model bake}: trained values into the plain model. */
@Command(
    name = "bake",
    description = {
      "Put a trained model's values into the plain model that it was derived from, to serve it at"
          + " the plain one's speed."
    },
    footerHeading = "%nExample:%n",
    footer = "  covey model bake trained.tflite plain.tflite served.tflite")
final class BakeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "TRAINABLE-STATE",
      description = "A trainable model with trained values, as 'covey model train --out' writes.")
  private Path state = Path.of("");

  @Parameters(index = "1", paramLabel = "PLAIN", description = "The plain model.")
  private Path plain = Path.of("");

  @Parameters(index = "2", paramLabel = "OUT", description = "Where the baked model goes.")
  private Path out = Path.of("");

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    TrainableModel trained = ModelFiles.trainable(state);
    ModelGraph graph = ModelFiles.graph(plain);
    byte[] baked =
        ModelFiles.explained(
            state, () -> Baker.bake(graph, trained.variables(), trained.initialValues()).write());
    ModelFiles.write(out, baked);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", out.toString());
    result.put("bytes", baked.length);
    result.put("parameters", trained.size());
    Output.of(spec, json)
        .print(
            List.of(
                "%s: %,d bytes, %,d trained parameters"
                    .formatted(out, baked.length, trained.size())),
            result);
    return ExitCode.DONE.code();
  }
}
