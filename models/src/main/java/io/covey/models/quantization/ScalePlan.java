package io.covey.models.quantization;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.quantization.Int8Rule.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which scale each tensor of a float graph has as bytes. Most have that of their own range. Where
 * an operator needs one scale for all that it reads and writes, one of them gives it to the others,
 * in TensorFlow's converter's order of preference, so that no bytes are rounded twice if it can be
 * helped.
 *
 * <p>First ranges are set aside: of what an operator of one scale makes of a single value, that of
 * the result; of several, those of the values, since the result holds them all or cuts them to what
 * is needed. Those that are left are spread from the last operator to the first.
 *
 * <p>Thread rule: an instance is used by one thread.
 */
final class ScalePlan {

  private final Subgraph main;
  private final CalibrationRanges ranges;
  private final Map<Integer, Integer> writers = new HashMap<>();
  private final Map<Integer, List<Integer>> readers = new HashMap<>();

  /** Tensors that have the scale of their own range. */
  private final Set<Integer> measured = new HashSet<>();

  private final Map<Integer, Quantization> scales = new HashMap<>();

  /** The one scale of all that an operator reads and writes, by the operator's position. */
  private final Map<Integer, Quantization> common = new HashMap<>();

  private final Deque<Integer> waiting = new ArrayDeque<>();

  /** Plans for the operators of {@code main}, whose values have these ranges. */
  ScalePlan(Subgraph main, CalibrationRanges ranges) {
    this.main = main;
    this.ranges = ranges;
    for (int i = 0; i < main.operators().size(); i++) {
      for (int input : main.operators().get(i).inputs()) {
        readers.computeIfAbsent(input, tensor -> new ArrayList<>()).add(i);
      }
      for (int output : main.operators().get(i).outputs()) {
        writers.put(output, i);
      }
    }
    measured.addAll(ranges.byTensor().keySet());
    measured.removeAll(setAside());
    measured.forEach(tensor -> scales.put(tensor, ownScale(tensor)));
    spread();
  }

  /** The scale of a tensor that the graph computes or is given, or null when it has none. */
  @Nullable Quantization of(int tensor) {
    Quantization planned = scales.get(tensor);
    return planned == null && ranges.of(tensor) != null ? ownScale(tensor) : planned;
  }

  /** Whether a tensor has a scale that {@link #of} does not merely fall back on. */
  boolean isPlanned(int tensor) {
    return scales.containsKey(tensor);
  }

  /** The one scale for all that the operator at a position reads and writes, or null. */
  @Nullable Quantization common(int operator) {
    return common.get(operator);
  }

  private Set<Integer> setAside() {
    Set<Integer> aside = new HashSet<>();
    for (GraphOperator operator : main.operators()) {
      Int8Rule rule = Int8Rule.of(operator.code());
      boolean isFixed = rule != null && rule.fixed() != null;
      boolean isPassedOn =
          hasOneScale(operator)
              && floats(operator.inputs()).size() == 1
              && ranges.of(floats(operator.inputs()).get(0)) != null;
      if (isFixed || isPassedOn) {
        aside.addAll(operator.outputs());
      }
    }
    aside.addAll(operandsOf(aside));
    return aside;
  }

  /** The values from which operators of one scale make those that keep their own ranges. */
  private Set<Integer> operandsOf(Set<Integer> aside) {
    Deque<Integer> givers = new ArrayDeque<>(ranges.byTensor().keySet());
    givers.removeAll(aside);
    Set<Integer> operands = new HashSet<>();
    while (!givers.isEmpty()) {
      Integer writer = writers.get(givers.pop());
      if (writer != null && hasOneScale(main.operators().get(writer))) {
        for (int input : floats(main.operators().get(writer).inputs())) {
          if (ranges.of(input) != null && operands.add(input)) {
            givers.push(input);
          }
        }
      }
    }
    return operands;
  }

  private void spread() {
    Set<Integer> done = new HashSet<>();
    for (int i = 0; i < main.operators().size(); i++) {
      waiting.push(i);
    }
    while (!waiting.isEmpty()) {
      int position = waiting.pop();
      GraphOperator operator = main.operators().get(position);
      Int8Rule rule = Int8Rule.of(operator.code());
      if (rule == null || done.contains(position)) {
        continue;
      }
      if (hasOneScale(operator)) {
        Quantization scale = commonScale(operator);
        if (scale == null) {
          continue;
        }
        common.put(position, scale);
        floats(operator.inputs()).forEach(input -> give(input, scale));
        floats(operator.outputs()).forEach(output -> give(output, scale));
      } else if (rule.fixed() != null) {
        Quantization scale = rule.fixed();
        floats(operator.outputs()).forEach(output -> give(output, scale));
      }
      done.add(position);
    }
  }

  /** Gives a tensor a scale if it has none, and looks again at those who write and read it. */
  private void give(int tensor, Quantization scale) {
    if (main.tensor(tensor).isConstant() || scales.putIfAbsent(tensor, scale) != null) {
      return;
    }
    readers.getOrDefault(tensor, List.of()).forEach(waiting::push);
    if (writers.containsKey(tensor)) {
      waiting.push(writers.get(tensor));
    }
  }

  private @Nullable Quantization commonScale(GraphOperator operator) {
    List<Integer> outputs = floats(operator.outputs());
    if (operator.outputs().size() == 1 && measured.containsAll(outputs)) {
      return scales.get(outputs.get(0));
    }
    List<Integer> all = new ArrayList<>(floats(operator.inputs()));
    all.addAll(outputs);
    for (int tensor : all) {
      if (measured.contains(tensor)) {
        return scales.get(tensor);
      }
    }
    if (operator.outputs().size() == 1 && operator.inputs().size() > 1) {
      Quantization result = scales.get(outputs.get(0));
      if (result != null) {
        return result;
      }
    }
    return all.stream().map(scales::get).filter(scale -> scale != null).findFirst().orElse(null);
  }

  private boolean hasOneScale(GraphOperator operator) {
    Int8Rule rule = Int8Rule.of(operator.code());
    return rule != null
        && rule.kind() == Kind.SAME_SCALE
        && !floats(operator.inputs()).isEmpty()
        && !floats(operator.outputs()).isEmpty();
  }

  private List<Integer> floats(List<Integer> tensors) {
    return tensors.stream()
        .filter(tensor -> tensor != GraphOperator.LEFT_OUT)
        .filter(tensor -> main.tensor(tensor).type() == TensorType.FLOAT32)
        .toList();
  }

  private Quantization ownScale(int tensor) {
    ValueRange range = ranges.of(tensor);
    if (range == null) {
      throw new IllegalStateException("'" + main.tensor(tensor).name() + "' has no range");
    }
    return range.asymmetric();
  }
}
