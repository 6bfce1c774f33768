package io.covey.models.samples;

import io.covey.models.runtime.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The inputs of one run of a model, or its outputs: each tensor by its name in the signature. */
public record NamedTensors(SortedMap<String, Tensor> tensors) {

  /** Copies the map; tensors are immutable. */
  public NamedTensors {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /** The same in any order. */
  public static NamedTensors of(Map<String, Tensor> tensors) {
    return new NamedTensors(new TreeMap<>(tensors));
  }
}
