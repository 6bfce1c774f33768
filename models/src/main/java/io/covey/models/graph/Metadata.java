package io.covey.models.graph;

import java.util.Objects;

/**
 * Something that a file carries besides its graphs, such as labels or the version of the converter.
 *
 * @param name what it is
 * @param value its bytes, whatever they mean
 */
public record Metadata(String name, Constant value) {

  /** Checks. */
  public Metadata {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
  }
}
