package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.registry.ServingForm;
import io.covey.coordinator.registry.ServingReport;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.quantization.Baker;
import io.covey.models.quantization.CalibrationRanges;
import io.covey.models.quantization.Calibrator;
import io.covey.models.quantization.QuantizationMode;
import io.covey.models.quantization.QuantizationReport;
import io.covey.models.quantization.Quantizer;
import io.covey.models.runtime.CarriedPreprocessing;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.training.TrainableModel;
import io.covey.protocols.message.ArtifactReference;
import java.util.List;
import java.util.Optional;

/**
 * Makes the file that a version of a plain model is served by: trained values go into the plain
 * graph, which is then quantized and compared with the float one. Blocks; any thread.
 */
final class ServingMaker {
  private final ArtifactFiles files;
  private final CalibrationFiles calibration;
  private final ModelRuntime runtime;
  private final SampleMaker samples;

  ServingMaker(ArtifactFiles files, ModelRuntime runtime) {
    this.files = files;
    this.calibration = new CalibrationFiles(files);
    this.runtime = runtime;
    this.samples = new SampleMaker(runtime);
  }

  /**
   * A file, when there is one, and what came of making it.
   *
   * @param samples what devices try a released version on, kept
   */
  record Served(Optional<byte[]> file, List<ArtifactReference> samples, ServingReport report) {
    Served {
      samples = List.copyOf(samples);
    }
  }

  /**
   * Puts trained values into the model, in the form that its task asks for. What cannot be served
   * is an answer, not a failure: training goes on.
   *
   * @param name of the version, for the log
   * @param masters the values of the trainable model's variables
   */
  Served make(String name, PlainModel source, TrainableModel trainable, float[] masters) {
    ModelGraph plain = ModelGraph.readChecked(files.content(source.file()), ModelLimits.DEFAULT);
    ModelGraph baked =
        CarriedPreprocessing.put(
            Baker.bake(plain, trainable.variables(), masters), source.task().preprocessing());
    byte[] inFloat = baked.write();
    try {
      Optional<CalibrationFiles.Samples> calibrated =
          source.calibration().map(kept -> calibration.read(kept, plain));
      byte[] file =
          source.task().serving().form() == ServingForm.FLOAT32
              ? inFloat
              : quantized(baked, source.task().serving().form(), calibrated);
      runtime.load(file).close();
      ServingReport report = report(source.task().serving(), inFloat, file, calibrated);
      return new Served(
          Optional.of(file),
          report.released() ? samples(name, source.task(), file, calibrated) : List.of(),
          report);
    } catch (ModelException e) {
      String reason = "the model cannot be served: " + e.getMessage();
      return new Served(
          Optional.empty(),
          List.of(),
          new ServingReport(
              source.task().serving().form(), false, reason, inFloat.length, 0, Optional.empty()));
    }
  }

  private static byte[] quantized(
      ModelGraph baked, ServingForm form, Optional<CalibrationFiles.Samples> samples) {
    CalibrationRanges ranges =
        form == ServingForm.INT8
            ? samples.map(s -> Calibrator.measure(baked, s.values())).orElse(null)
            : null;
    return Quantizer.quantize(baked, mode(form), ranges).write();
  }

  private static QuantizationMode mode(ServingForm form) {
    return switch (form) {
      case INT8 -> QuantizationMode.FULL_INTEGER;
      case DYNAMIC_RANGE -> QuantizationMode.DYNAMIC_RANGE;
      case FLOAT16 -> QuantizationMode.FLOAT16;
      case FLOAT32 -> throw new IllegalArgumentException("float32 is not quantized");
    };
  }

  private List<ArtifactReference> samples(
      String name, ModelTask task, byte[] file, Optional<CalibrationFiles.Samples> calibrated) {
    return samples
        .make(
            new SampleMaker.Served(name, file, Optional.empty()),
            new SampleMaker.Source(
                calibrated.map(CalibrationFiles.Samples::values), task.serving().selfTest()))
        .map(made -> made.keep(files))
        .orElse(List.of());
  }

  private static ServingReport report(
      ModelTask.Serving serving,
      byte[] inFloat,
      byte[] file,
      Optional<CalibrationFiles.Samples> samples) {
    Optional<ServingReport.Agreement> agreement =
        serving.form() == ServingForm.FLOAT32
            ? Optional.empty()
            : samples.map(given -> agreement(inFloat, file, given));
    double share = agreement.map(ServingReport.Agreement::share).orElse(1.0);
    boolean isMet = share >= serving.minimumAgreement();
    String reason =
        isMet
            ? ""
            : ("in the form %s the model answers as in float32 on %.4f of the calibration samples,"
                    + " and at least %.4f are asked for; choose another form or a lower bound")
                .formatted(serving.form(), share, serving.minimumAgreement());
    return new ServingReport(serving.form(), isMet, reason, inFloat.length, file.length, agreement);
  }

  private static ServingReport.Agreement agreement(
      byte[] inFloat, byte[] file, CalibrationFiles.Samples samples) {
    QuantizationReport report =
        QuantizationReport.compare(inFloat, file, samples.values(), samples.labels());
    return new ServingReport.Agreement(
        report.examples(),
        report.agreement(),
        Optional.ofNullable(report.floatAccuracy()),
        Optional.ofNullable(report.quantizedAccuracy()));
  }
}
