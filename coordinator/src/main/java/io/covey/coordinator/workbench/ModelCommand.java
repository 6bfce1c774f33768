package io.covey.coordinator.workbench;

import io.covey.protocols.launch.CoveyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** {@code covey model}: models, before a fleet has them. */
@Command(
    name = "model",
    description = "Inspect, derive, quantize, bake, train and verify .tflite models.",
    subcommands = {
      InspectCommand.class,
      TrainableCommand.class,
      TrainCommand.class,
      QuantizeCommand.class,
      BakeCommand.class,
      VerifyCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey model inspect digits.tflite",
      "  covey model train digits.tflite --data digits.csv --label label --scale 0.0625",
      "  covey model trainable digits.tflite digits-trainable.tflite --train dense"
    })
public final class ModelCommand implements CoveyCommand {
  @Override
  public Integer call() {
    throw new ParameterException(
        new CommandLine(this), "say what to do, such as: covey model inspect FILE");
  }
}
