package io.covey.coordinator.workbench;

import io.covey.models.training.TrainableSelection;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.loss.LabelForm;
import io.covey.models.training.loss.Loss;
import io.covey.models.training.optimizer.LocalOptimizer;
import io.covey.models.training.optimizer.OptimizerStep;
import io.covey.protocols.launch.CommandFailedException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a model is made trainable. */
final class RecipeOptions {

  /** Losses as they are written on the command line. */
  enum LossName {
    SOFTMAX(Loss.SOFTMAX_CROSS_ENTROPY),
    SIGMOID(Loss.SIGMOID_CROSS_ENTROPY),
    SQUARED_ERROR(Loss.MEAN_SQUARED_ERROR),
    HUBER(Loss.HUBER);

    private final Loss loss;

    LossName(Loss loss) {
      this.loss = loss;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Optimizers as they are written on the command line. */
  enum OptimizerName {
    SGD,
    MOMENTUM,
    NESTEROV,
    ADAM
  }

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      defaultValue = "softmax",
      description =
          "What training makes small: softmax (one class of several), sigmoid (classes that do not"
              + " exclude each other), squared-error or huber (default softmax).")
  private LossName loss = LossName.SOFTMAX;

  @Option(
      names = "--sparse-labels",
      description = "Labels are numbers of classes, not rows with a one; for softmax only.")
  private boolean sparse;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "sgd",
      description = "sgd, momentum, nesterov or adam (default sgd).")
  private OptimizerName optimizer = OptimizerName.SGD;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      defaultValue = "0.9",
      description = "Of momentum and nesterov, 0 to below 1 (default 0.9).")
  private float momentum = 0.9f;

  @Option(
      names = "--terms",
      paramLabel = "NAME",
      split = ",",
      description =
          "Further terms of a step, each a further input of 'train': weight-decay, clip-norm,"
              + " proximal.")
  private List<String> terms = List.of();

  @Option(
      names = "--train",
      paramLabel = "PATTERN",
      description =
          "Train only parameters in whose name this regular expression is found; 'inspect' lists"
              + " them.")
  private @Nullable String pattern;

  @Option(
      names = "--last-layers",
      paramLabel = "N",
      description = "Train only the last N layers that have parameters.")
  private @Nullable Integer lastLayers;

  /** The loss. */
  Loss loss() {
    return loss.loss;
  }

  /** The recipe that the options describe. */
  TrainingRecipe recipe() {
    LabelForm labels = sparse ? LabelForm.SPARSE : LabelForm.DENSE;
    if (sparse && loss != LossName.SOFTMAX) {
      throw CommandFailedException.usage(
          "--sparse-labels go with --loss softmax only", "leave one of them out");
    }
    return new TrainingRecipe(loss.loss, labels, optimizer(), terms(), selection());
  }

  private LocalOptimizer optimizer() {
    if (!(momentum >= 0 && momentum < 1)) {
      throw CommandFailedException.usage(
          "--momentum is " + momentum, "it must be at least 0 and below 1");
    }
    return switch (optimizer) {
      case SGD -> new LocalOptimizer.Sgd();
      case MOMENTUM -> new LocalOptimizer.Momentum(momentum, /* isNesterov= */ false);
      case NESTEROV -> new LocalOptimizer.Momentum(momentum, /* isNesterov= */ true);
      case ADAM -> LocalOptimizer.Adam.DEFAULT;
    };
  }

  private OptimizerStep.Terms terms() {
    for (String term : terms) {
      if (!Set.of("weight-decay", "clip-norm", "proximal").contains(term)) {
        throw CommandFailedException.usage(
            "--terms has '" + term + "'", "give weight-decay, clip-norm or proximal");
      }
    }
    return new OptimizerStep.Terms(
        terms.contains("weight-decay"), terms.contains("clip-norm"), terms.contains("proximal"));
  }

  private TrainableSelection selection() {
    if (pattern != null && lastLayers != null) {
      throw CommandFailedException.usage(
          "--train and --last-layers are both given", "choose one of them");
    }
    if (lastLayers != null) {
      if (lastLayers < 1) {
        throw CommandFailedException.usage("--last-layers is " + lastLayers, "give 1 or more");
      }
      return new TrainableSelection.LastLayers(lastLayers);
    }
    if (pattern == null) {
      return new TrainableSelection.All();
    }
    try {
      return new TrainableSelection.Matching(Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      throw CommandFailedException.usage(
              "--train is no regular expression: " + e.getDescription(), "correct it")
          .causedBy(e);
    }
  }
}
