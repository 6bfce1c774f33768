package io.covey.coordinator.workbench;

import io.covey.models.training.reference.Reference;
import io.covey.models.training.reference.ReferenceCheck;
import io.covey.models.training.reference.ReferenceReport;
import io.covey.protocols.launch.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** {@code covey model verify}: derived gradients against another framework's. */
@Command(
    name = "verify",
    description = {
      "Derive a plain model's trainable graph and compare it with what another framework computed:",
      "output, loss, the gradient of each variable, and the losses of gradient descent.",
      "Exits with 1 when gradients differ by more than 1e-4 or losses by more than 1e-3."
    },
    footerHeading = "%nExample:%n",
    footer = "  covey model verify models/src/test/resources/io/covey/models/fixtures/lenet")
final class VerifyCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "A directory with model.tflite, manifest.json and the arrays that it names.")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ReferenceDirectory files = ReferenceDirectory.open(directory);
    byte[] model = ModelFiles.read(files.model());
    Reference reference = files.reference();
    ReferenceReport report =
        ModelFiles.explained(files.model(), () -> ReferenceCheck.run(model, reference));
    Output.of(spec, json).print(lines(report), json(report));
    return (report.pass() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private static List<String> lines(ReferenceReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("output     %.2e".formatted(report.outputError()));
    lines.add("loss       %.2e".formatted(report.lossError()));
    lines.add("gradients  %.2e at most".formatted(report.gradientErrorMax()));
    report
        .gradientErrors()
        .forEach((name, error) -> lines.add("  %.2e  %s".formatted(error, name)));
    lines.add("descent    %.2e at most".formatted(report.sgdLossErrorMax()));
    lines.add(report.pass() ? "pass" : "FAIL");
    return lines;
  }

  private static Map<String, Object> json(ReferenceReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("outputError", report.outputError());
    json.put("lossError", report.lossError());
    json.put("gradientErrorMax", report.gradientErrorMax());
    json.put("gradientErrors", report.gradientErrors());
    json.put("sgdLossErrorMax", report.sgdLossErrorMax());
    json.put("pass", report.pass());
    return json;
  }
}
