package io.covey.coordinator.workbench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataException;
import io.covey.models.data.FloatArray;
import io.covey.models.data.IntArray;
import io.covey.models.data.NumericArray;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.loss.Loss;
import io.covey.models.training.reference.Reference;
import io.covey.protocols.launch.CommandFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A directory with a plain model and what another framework computed with it: {@code model.tflite},
 * {@code manifest.json}, and little-endian arrays. docs/models.md describes it.
 */
final class ReferenceDirectory {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final JsonNode manifest;

  private ReferenceDirectory(Path directory, JsonNode manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  /** Opens {@code directory}. */
  static ReferenceDirectory open(Path directory) {
    Path file = directory.resolve("manifest.json");
    try {
      return new ReferenceDirectory(directory, JSON.readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) {
      throw refused(file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw refused("cannot read " + file, e);
    }
  }

  /** The plain model's file. */
  Path model() {
    return directory.resolve("model.tflite");
  }

  /** What was computed. */
  Reference reference() {
    try {
      return read();
    } catch (IOException e) {
      throw refused("cannot read " + e.getMessage(), e);
    } catch (DataException | IllegalArgumentException e) {
      throw refused(directory + ": " + e.getMessage(), e);
    }
  }

  private Reference read() throws IOException {
    JsonNode input = field("input");
    NumericArray x = array(manifest.path("x").asText("x.f32"), input);
    JsonNode labels =
        manifest.has("y_shape")
            ? manifest.get("y_shape")
            : JSON.createArrayNode().add(input.path(0).asInt());
    JsonNode descent = field("sgd");
    List<Double> losses = new ArrayList<>();
    descent.path("full_batch_losses").forEach(loss -> losses.add(loss.asDouble()));
    return new Reference(
        x.toFloatArray(),
        array(manifest.path("y").asText("y.i32"), labels),
        array("output.f32", field("output")).toFloatArray(),
        loss(field("loss").asText()),
        field("loss_value").asDouble(),
        variables(),
        new Reference.Descent((float) descent.path("learning_rate").asDouble(), losses));
  }

  private JsonNode field(String name) {
    JsonNode node = manifest.get(name);
    if (node == null) {
      throw new IllegalArgumentException("manifest.json has no '" + name + "'");
    }
    return node;
  }

  private static Loss loss(String name) {
    return switch (name) {
      case "ce" -> Loss.SOFTMAX_CROSS_ENTROPY;
      case "sigmoid_ce" -> Loss.SIGMOID_CROSS_ENTROPY;
      case "mse" -> Loss.MEAN_SQUARED_ERROR;
      case "huber" -> Loss.HUBER;
      default ->
          throw new IllegalArgumentException(
              "the loss '" + name + "' is none of ce, sigmoid_ce, mse and huber");
    };
  }

  private List<Reference.Variable> variables() throws IOException {
    List<Reference.Variable> variables = new ArrayList<>();
    for (JsonNode node : field("variables")) {
      List<Use> uses = new ArrayList<>();
      for (JsonNode use : node.path("uses")) {
        uses.add(new Use(use.path(0).asInt(-1), use.path(1).asInt(-1)));
      }
      String number = String.format(Locale.ROOT, "%02d", node.path("index").asInt());
      variables.add(
          new Reference.Variable(
              number + " " + node.path("layer").asText() + "/" + node.path("variable").asText(),
              uses,
              array(number + ".grad.f32", node.path("shape")).toFloatArray()));
    }
    return variables;
  }

  private NumericArray array(String name, JsonNode sizes) throws IOException {
    if (name.contains("/") || name.contains("\\")) {
      throw new IllegalArgumentException("'" + name + "' lies in another directory");
    }
    int[] shape = new int[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.path(i).asInt(-1);
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
    int elements = bytes.remaining() / Float.BYTES;
    if (name.endsWith(".i32")) {
      int[] values = new int[elements];
      bytes.asIntBuffer().get(values);
      return IntArray.of(ArrayShape.of(shape), values);
    }
    float[] values = new float[elements];
    bytes.asFloatBuffer().get(values);
    return FloatArray.of(ArrayShape.of(shape), values);
  }

  private static CommandFailedException refused(String what, Exception cause) {
    return CommandFailedException.usage(
            what, "give a directory with manifest.json, model.tflite and the arrays it names")
        .causedBy(cause);
  }
}
