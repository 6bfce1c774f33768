package io.covey.models.training;

import io.covey.models.graph.Constant;
import io.covey.models.graph.Metadata;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.training.TrainableVariable.Use;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The list of variables in a trainable file's metadata: text, one variable a line, its fields
 * separated by tabs: name, sizes, uses as {@code operator.input}, and the plain constant's name.
 */
final class VariableList {

  /** The metadata's name. */
  static final String METADATA = "covey.variables.v1";

  private static final int FIELDS = 4;
  private static final int LONGEST_BYTES = 4 << 20;

  private VariableList() {}

  static Metadata write(List<TrainableVariable> variables) {
    String text = variables.stream().map(VariableList::line).collect(Collectors.joining("\n"));
    return new Metadata(METADATA, Constant.ofBytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String line(TrainableVariable variable) {
    return String.join(
        "\t",
        variable.name(),
        joined(variable.shape()),
        variable.uses().stream()
            .map(use -> use.operator() + "." + use.input())
            .collect(Collectors.joining(",")),
        variable.tensorName().replaceAll("[\t\n]", " "));
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /**
   * Reads it.
   *
   * @throws ModelException when it is malformed
   */
  static List<TrainableVariable> read(Constant value) {
    if (value.sizeBytes() > LONGEST_BYTES) {
      throw damaged("it has " + value.sizeBytes() + " bytes");
    }
    String text = StandardCharsets.UTF_8.decode(value.bytes()).toString();
    List<TrainableVariable> variables = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      try {
        variables.add(variable(line.split("\t", -1)));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw damaged("line " + (variables.size() + 1) + " is malformed");
      }
    }
    return variables;
  }

  private static TrainableVariable variable(String[] fields) {
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException(fields.length + " fields");
    }
    List<Integer> shape =
        fields[1].isEmpty()
            ? List.of()
            : Arrays.stream(fields[1].split(",", -1)).map(VariableList::size).toList();
    List<Use> uses = Arrays.stream(fields[2].split(",", -1)).map(VariableList::use).toList();
    TrainableVariable variable = new TrainableVariable(fields[0], fields[3], shape, uses);
    Math.multiplyExact(variable.elements(), Float.BYTES);
    return variable;
  }

  private static int size(String text) {
    int size = Integer.parseInt(text);
    if (size < 1) {
      throw new IllegalArgumentException("size " + size);
    }
    return size;
  }

  private static Use use(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException(text);
    }
    return new Use(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  private static ModelException damaged(String what) {
    return new ModelException(
        Reason.DAMAGED,
        "the .tflite file is damaged: its list of variables cannot be read, "
            + what
            + "; derive it again");
  }
}
