package io.covey.edgeagent.serving;

import io.covey.models.runtime.ElementType;
import java.util.Arrays;
import java.util.Optional;

/** Element types by their names in the Open Inference Protocol v2. */
final class DataTypes {
  private DataTypes() {}

  static String name(ElementType type) {
    return switch (type) {
      case FLOAT32 -> "FP32";
      case FLOAT64 -> "FP64";
      case INT8, INT16, INT32, INT64, UINT8, BOOL -> type.name();
    };
  }

  /** Empty for names that the protocol lacks, and for types that no model here has. */
  static Optional<ElementType> of(String name) {
    return Arrays.stream(ElementType.values()).filter(t -> name(t).equals(name)).findFirst();
  }
}
