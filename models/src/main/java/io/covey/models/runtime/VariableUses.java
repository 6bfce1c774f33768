package io.covey.models.runtime;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one subgraph does with variables.
 *
 * @param named all that it has handles of
 * @param written those that it assigns
 * @param uses every reading and writing
 * @param initialisers the subgraphs that it runs, once, before it touches any variable
 */
record VariableUses(
    Set<String> named, Set<String> written, List<Use> uses, Set<Integer> initialisers) {

  VariableUses {
    named = Set.copyOf(named);
    written = Set.copyOf(written);
    uses = List.copyOf(uses);
    initialisers = Set.copyOf(initialisers);
  }

  /** One reading or writing of a variable, as a tensor of this type and shape. */
  record Use(String variable, TensorType type, List<Integer> shape) {

    Use {
      shape = List.copyOf(shape);
    }

    boolean fits(Use other) {
      return type == other.type && shape.equals(other.shape);
    }
  }

  /**
   * Finds them.
   *
   * @throws ModelException when a variable is used in a way that cannot be followed
   */
  static VariableUses of(Subgraph subgraph) {
    Map<Integer, String> handles = new HashMap<>();
    Set<String> written = new HashSet<>();
    List<Use> uses = new ArrayList<>();
    for (GraphOperator operator : subgraph.operators()) {
      switch (operator.code()) {
        case VAR_HANDLE -> handles.put(only(operator.outputs()), name(operator));
        case READ_VARIABLE ->
            uses.add(use(subgraph, handles, only(operator.inputs()), only(operator.outputs())));
        case ASSIGN_VARIABLE -> {
          if (operator.inputs().size() != 2) {
            throw unfollowed();
          }
          Use use = use(subgraph, handles, operator.inputs().get(0), operator.inputs().get(1));
          uses.add(use);
          written.add(use.variable());
        }
        default -> {}
      }
    }
    return new VariableUses(
        new HashSet<>(handles.values()), written, uses, initialisersOf(subgraph));
  }

  private static Set<Integer> initialisersOf(Subgraph subgraph) {
    Set<Integer> initialisers = new HashSet<>();
    for (GraphOperator operator : subgraph.operators()) {
      if (operator.code() == Builtin.CALL_ONCE) {
        initialisers.addAll(operator.called());
      } else if (operator.code() != Builtin.VAR_HANDLE) {
        break;
      }
    }
    return initialisers;
  }

  private static Use use(Subgraph subgraph, Map<Integer, String> handles, int handle, int value) {
    String variable = handles.get(handle);
    if (variable == null) {
      throw unfollowed();
    }
    GraphTensor tensor = subgraph.tensors().get(value);
    if (tensor.shape().contains(TensorSpec.ANY)) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "variable '"
              + variable
              + "' has shape "
              + tensor.shape()
              + "; export the model with variables of a fixed shape");
    }
    return new Use(variable, tensor.type(), tensor.shape());
  }

  private static int only(List<Integer> tensors) {
    if (tensors.size() != 1) {
      throw unfollowed();
    }
    return tensors.get(0);
  }

  private static String name(GraphOperator handle) {
    String name = handle.variable();
    if (name == null) {
      throw unfollowed();
    }
    return name;
  }

  private static ModelException unfollowed() {
    return new ModelException(
        Reason.UNSUPPORTED_CONVENTION,
        "a variable is read or written other than through a handle of the same subgraph; export the"
            + " model with variables that each signature uses itself");
  }
}
