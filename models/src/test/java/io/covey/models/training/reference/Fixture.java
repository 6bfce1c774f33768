package io.covey.models.training.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.FloatArray;
import io.covey.models.data.IntArray;
import io.covey.models.data.NumericArray;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.loss.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A directory of test resources: a plain model and what TensorFlow computed with it. */
public final class Fixture {

  private static final Path ALL = Path.of("src/test/resources/io/covey/models/fixtures");

  private final String name;
  private final byte[] model;
  private final Reference reference;

  private Fixture(String name, byte[] model, Reference reference) {
    this.name = name;
    this.model = model;
    this.reference = reference;
  }

  /** The plain model's file. */
  public byte[] model() {
    return model.clone();
  }

  /** What TensorFlow computed. */
  public Reference reference() {
    return reference;
  }

  /** The directories of all fixtures. */
  public static List<Path> directories() throws IOException {
    try (Stream<Path> found = Files.list(ALL)) {
      return found.filter(Files::isDirectory).sorted().toList();
    }
  }

  /** The directory of one. */
  public static Path directory(String name) {
    return ALL.resolve(name);
  }

  /** Reads one. */
  public static Fixture read(Path directory) throws IOException {
    JsonNode manifest = new ObjectMapper().readTree(directory.resolve("manifest.json").toFile());
    NumericArray x =
        array(directory.resolve(manifest.path("x").asText("x.f32")), manifest.get("input"));
    String y = manifest.path("y").asText("y.i32");
    JsonNode labelled =
        manifest.has("y_shape") ? manifest.get("y_shape") : firstOf(manifest.get("input"));
    JsonNode output = manifest.get("output");
    List<Double> losses = new ArrayList<>();
    JsonNode sgd = manifest.get("sgd");
    sgd.get("full_batch_losses").forEach(loss -> losses.add(loss.asDouble()));
    Reference reference =
        new Reference(
            x.toFloatArray(),
            array(directory.resolve(y), labelled),
            array(directory.resolve("output.f32"), output).toFloatArray(),
            loss(manifest.get("loss").asText()),
            manifest.get("loss_value").asDouble(),
            variables(directory, manifest.get("variables")),
            new Reference.Descent((float) sgd.get("learning_rate").asDouble(), losses));
    return new Fixture(
        directory.getFileName().toString(),
        Files.readAllBytes(directory.resolve("model.tflite")),
        reference);
  }

  private static List<Reference.Variable> variables(Path directory, JsonNode nodes)
      throws IOException {
    List<Reference.Variable> variables = new ArrayList<>();
    for (JsonNode node : nodes) {
      List<Use> uses = new ArrayList<>();
      node.path("uses").forEach(use -> uses.add(new Use(use.get(0).asInt(), use.get(1).asInt())));
      String number = String.format(Locale.ROOT, "%02d", node.get("index").asInt());
      variables.add(
          new Reference.Variable(
              number + " " + node.get("layer").asText() + "/" + node.get("variable").asText(),
              uses,
              array(directory.resolve(number + ".grad.f32"), node.get("shape")).toFloatArray()));
    }
    return variables;
  }

  private static Loss loss(String name) {
    return switch (name) {
      case "ce" -> Loss.SOFTMAX_CROSS_ENTROPY;
      case "sigmoid_ce" -> Loss.SIGMOID_CROSS_ENTROPY;
      case "mse" -> Loss.MEAN_SQUARED_ERROR;
      case "huber" -> Loss.HUBER;
      default -> throw new IllegalArgumentException("loss " + name);
    };
  }

  private static JsonNode firstOf(JsonNode shape) {
    return new ObjectMapper().createArrayNode().add(shape.get(0));
  }

  private static NumericArray array(Path file, JsonNode sizes) throws IOException {
    int[] shape = new int[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).asInt();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int elements = bytes.remaining() / Float.BYTES;
    if (file.toString().endsWith("i32")) {
      int[] values = new int[elements];
      bytes.asIntBuffer().get(values);
      return IntArray.of(ArrayShape.of(shape), values);
    }
    float[] values = new float[elements];
    bytes.asFloatBuffer().get(values);
    return FloatArray.of(ArrayShape.of(shape), values);
  }

  @Override
  public String toString() {
    return name;
  }
}
