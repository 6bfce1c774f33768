package io.covey.coordinator.workbench;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.training.TrainableModel;
import io.covey.protocols.launch.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;

/** Reads and writes model files, and says in one line what is wrong with them. */
final class ModelFiles {

  private ModelFiles() {}

  static byte[] read(Path file) {
    try {
      if (Files.size(file) > ModelLimits.DEFAULT.fileBytes()) {
        throw CommandFailedException.usage(
            file + " has " + Files.size(file) + " bytes", "a model has at most 512 MiB");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw CommandFailedException.usage("there is no file " + file, "give the path of a .tflite")
          .causedBy(e);
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "cannot read " + file + ": " + e.getMessage(), "give the path of a .tflite file")
          .causedBy(e);
    }
  }

  /** Writes the whole file or nothing. */
  static void write(Path file, byte[] bytes) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path partial = Files.createTempFile(folder, "." + file.getFileName(), ".partial");
      try {
        Files.write(partial, bytes);
        Files.move(
            partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "cannot write " + file + ": " + e.getMessage(), "choose a folder that exists")
          .causedBy(e);
    }
  }

  static ModelGraph graph(Path file) {
    byte[] bytes = read(file);
    return explained(file, () -> ModelGraph.readChecked(bytes, ModelLimits.DEFAULT));
  }

  static TrainableModel trainable(Path file) {
    byte[] bytes = read(file);
    return explained(file, () -> TrainableModel.read(bytes, ModelLimits.DEFAULT));
  }

  /** Runs {@code action}, and tells what a model is refused for with the file's name. */
  static <T> T explained(Path file, Supplier<T> action) {
    try {
      return action.get();
    } catch (ModelException e) {
      String message = String.valueOf(e.getMessage());
      int cut = message.lastIndexOf("; ");
      String what = cut < 0 ? message : message.substring(0, cut);
      String remedy = cut < 0 ? "give another model" : message.substring(cut + 2);
      throw CommandFailedException.failed(file + ": " + what, remedy).causedBy(e);
    }
  }
}
