package io.covey.models.training.emit;

import io.covey.models.graph.Constant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Small constants of one file, each distinct value once.
 *
 * <p>Thread rule: one thread.
 */
public final class ConstantPool {

  private final Map<List<Integer>, Constant> known = new HashMap<>();

  /** FLOAT32 values. */
  public Constant floats(float... values) {
    List<Integer> bits = new ArrayList<>();
    for (float value : values) {
      bits.add(Float.floatToIntBits(value));
    }
    return known.computeIfAbsent(bits, key -> Constant.ofFloats(values));
  }

  /** INT32 values. Zeros and ones of both types may be the same bytes, which does no harm. */
  public Constant ints(int... values) {
    return known.computeIfAbsent(
        Arrays.stream(values).boxed().toList(), key -> Constant.ofInts(values));
  }
}
