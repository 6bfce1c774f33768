package io.covey.models.training.optimizer;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and assigns variables of one subgraph, which are FLOAT32 and named.
 *
 * <p>Thread rule: one thread.
 */
public final class VariableEmitter {

  private final Emitter emit;
  private final Map<String, Integer> handles = new HashMap<>();

  /** Writes through {@code emit}. */
  public VariableEmitter(Emitter emit) {
    this.emit = emit;
  }

  /** Reads a variable. */
  public int read(String name, List<Integer> shape) {
    int value = emit.graph().add(GraphTensor.computed("", TensorType.FLOAT32, shape));
    emit.graph()
        .add(
            GraphOperator.of(
                Builtin.READ_VARIABLE,
                List.of(handle(name)),
                List.of(value),
                OperatorOptions.none()));
    return value;
  }

  /** Assigns a variable. */
  public void assign(String name, int value) {
    emit.graph()
        .add(
            GraphOperator.of(
                Builtin.ASSIGN_VARIABLE,
                List.of(handle(name), value),
                List.of(),
                OperatorOptions.none()));
  }

  /** Assigns a variable the same number everywhere. */
  public void fill(String name, List<Integer> shape, float value) {
    assign(name, emit.fill(shape, value));
  }

  private int handle(String name) {
    return handles.computeIfAbsent(
        name,
        n ->
            emit.operator(
                Builtin.VAR_HANDLE,
                TensorType.RESOURCE,
                List.of(),
                new OperatorOptions.VarHandle("", n)));
  }
}
