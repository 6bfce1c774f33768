package io.covey.coordinator.workbench;

import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataSet;
import io.covey.models.data.FloatArray;
import io.covey.models.data.IntArray;
import io.covey.models.data.Targets;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.quantization.Calibrator;
import io.covey.models.quantization.QuantizationMode;
import io.covey.models.quantization.QuantizationReport;
import io.covey.models.quantization.Quantizer;
import io.covey.models.quantization.TensorError;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey model quantize}: a smaller model. */
@Command(
    name = "quantize",
    description = {
      "Quantize a plain model. Its inputs and outputs stay as they are.",
      "With --calibration the report says how far both models agree on those examples."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey model quantize plain.tflite small.tflite --mode dynamic",
      "  covey model quantize plain.tflite int8.tflite --mode int8 --calibration digits.csv"
          + " --label label --scale 0.0625"
    })
final class QuantizeCommand implements Callable<Integer> {

  /** Modes as they are written on the command line. */
  enum ModeName {
    DYNAMIC(QuantizationMode.DYNAMIC_RANGE),
    INT8(QuantizationMode.FULL_INTEGER),
    FLOAT16(QuantizationMode.FLOAT16);

    private final QuantizationMode mode;

    ModeName(QuantizationMode mode) {
      this.mode = mode;
    }
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The plain float model.")
  private Path in = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "Where the smaller one goes.")
  private Path out = Path.of("");

  @Option(
      names = "--mode",
      required = true,
      paramLabel = "MODE",
      description = "dynamic (weights), int8 (weights and values) or float16 (weights).")
  private ModeName mode = ModeName.DYNAMIC;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "Examples: .csv, .npy, .npz or raw float32 with --shape; int8 needs them.")
  private @Nullable Path calibration;

  @Mixin private final DataOptions dataOptions = new DataOptions();

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  /** Examples to calibrate and compare with. */
  private record Samples(FloatArray examples, @Nullable IntArray classes) {}

  @Override
  public Integer call() {
    ModelGraph plain = ModelFiles.graph(in);
    Samples samples = calibration == null ? null : samples(plain, calibration);
    if (samples == null && mode == ModeName.INT8) {
      throw CommandFailedException.usage(
          "--mode int8 needs the ranges of the model's values",
          "give examples with --calibration, or choose --mode dynamic");
    }
    byte[] file =
        ModelFiles.explained(
            in,
            () ->
                Quantizer.quantize(
                        plain,
                        mode.mode,
                        mode == ModeName.INT8 && samples != null
                            ? Calibrator.measure(plain, samples.examples())
                            : null)
                    .write());
    ModelFiles.write(out, file);
    byte[] before = ModelFiles.read(in);
    QuantizationReport report =
        samples == null
            ? null
            : ModelFiles.explained(
                in,
                () ->
                    QuantizationReport.compare(
                        before, file, samples.examples(), samples.classes()));
    Output.of(spec, json)
        .print(lines(before.length, file.length, report), json(before.length, file.length, report));
    return ExitCode.DONE.code();
  }

  private Samples samples(ModelGraph plain, Path file) {
    GraphTensor input = plain.main().tensor(plain.main().inputs().get(0));
    List<Integer> row = input.shape().subList(1, input.shape().size());
    DataSet set = dataOptions.read(file, /* needsLabels= */ false);
    float[] values = dataOptions.prepared(set.features(), row);
    List<Integer> shape = new ArrayList<>(row);
    shape.add(0, set.size());
    IntArray classes = set.targets() instanceof Targets.Classes labelled ? labelled.labels() : null;
    return new Samples(FloatArray.of(new ArrayShape(shape), values), classes);
  }

  private List<String> lines(int before, int after, @Nullable QuantizationReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("%s: %,d bytes, before %,d".formatted(out, after, before));
    if (report != null) {
      lines.add(
          "agrees with the float model on %.2f %% of %,d examples; outputs differ by %.2e at most"
              .formatted(100 * report.agreement(), report.examples(), report.largestError()));
      if (report.floatAccuracy() != null && report.quantizedAccuracy() != null) {
        lines.add(
            "correct: %.2f %%, before %.2f %%"
                .formatted(100 * report.quantizedAccuracy(), 100 * report.floatAccuracy()));
      }
      for (TensorError error : report.tensors()) {
        lines.add("  %-8s %.2e  %s".formatted(error.type(), error.relative(), error.name()));
      }
    }
    return lines;
  }

  private Map<String, Object> json(int before, int after, @Nullable QuantizationReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", out.toString());
    json.put("mode", mode.name().toLowerCase(Locale.ROOT));
    json.put("floatBytes", before);
    json.put("quantizedBytes", after);
    if (report != null) {
      json.put("examples", report.examples());
      json.put("agreement", report.agreement());
      json.put("largestError", report.largestError());
      json.put("floatAccuracy", report.floatAccuracy());
      json.put("quantizedAccuracy", report.quantizedAccuracy());
      json.put("tensors", report.tensors().stream().map(QuantizeCommand::json).toList());
    }
    return json;
  }

  private static Map<String, Object> json(TensorError error) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", error.name());
    json.put("type", error.type().name());
    json.put("largest", error.largest());
    json.put("relative", error.relative());
    return json;
  }
}
