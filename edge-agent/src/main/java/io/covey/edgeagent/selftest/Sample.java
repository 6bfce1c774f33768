package io.covey.edgeagent.selftest;

import io.covey.models.runtime.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Inputs of one run of a model.
 *
 * @param inputs one for each input of the model's inference signature, by name
 */
public record Sample(SortedMap<String, Tensor> inputs) {
  public Sample {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
  }

  /** The same in any order. */
  public static Sample of(Map<String, Tensor> inputs) {
    return new Sample(new TreeMap<>(inputs));
  }
}
