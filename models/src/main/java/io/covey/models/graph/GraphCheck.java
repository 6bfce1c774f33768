package io.covey.models.graph;

import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.ModelException.Reason;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Refuses what the native runtime does not run, or is not known to survive: the native verifier
 * checks that offsets stay inside the file, not that the graph makes sense.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class GraphCheck {

  private static final int LEFT_OUT = -1;

  /** Branches and loops inside each other; converters write one or two. */
  private static final int DEEPEST_CALL = 6;

  private final ModelGraph graph;

  private GraphCheck(ModelGraph graph) {
    this.graph = graph;
  }

  /**
   * Checks {@code graph}.
   *
   * @throws ModelException naming the first thing that is wrong
   */
  static void check(ModelGraph graph, ModelLimits limits) {
    GraphCheck check = new GraphCheck(graph);
    for (int i = 0; i < graph.subgraphs().size(); i++) {
      check.subgraph(i, graph.subgraphs().get(i));
    }
    check.requireShallowCalls();
    Set<String> keys = new HashSet<>();
    for (EntryPoint signature : graph.signatures()) {
      if (!keys.add(signature.key())) {
        throw damaged("signature '" + signature.key() + "' stands twice");
      }
      check.entryPoint(signature);
      requireNoCheckpoint(graph, signature);
    }
    graph.subgraphs().forEach(s -> s.operators().forEach(OperatorCheck::requireRun));
    for (Subgraph subgraph : graph.subgraphs()) {
      subgraph.tensors().forEach(tensor -> TensorCheck.check(tensor, limits));
      subgraph.operators().forEach(o -> OperatorCheck.requireTypes(o, subgraph));
    }
  }

  /**
   * TensorFlow's own on-device training writes checkpoints to a path; such a path is no way to hand
   * parameters over.
   */
  private static void requireNoCheckpoint(ModelGraph graph, EntryPoint signature) {
    if (!signature.key().equals("restore") && !signature.key().equals("save")) {
      return;
    }
    Subgraph subgraph = graph.subgraphs().get(signature.subgraph());
    for (NamedTensor input : signature.inputs()) {
      if (subgraph.tensors().get(input.tensor()).type() == TensorType.STRING) {
        throw new ModelException(
            Reason.UNSUPPORTED_CONVENTION,
            "signature '"
                + signature.key()
                + "' takes a checkpoint's path ('"
                + input.name()
                + "'); export the model with parameters() -> w00.. and restore(w00..) -> ok"
                + " instead, which hand the values over as tensors");
      }
    }
  }

  private void subgraph(int index, Subgraph subgraph) {
    String where = "subgraph " + index;
    BitSet written = new BitSet();
    for (int input : subgraph.inputs()) {
      GraphTensor tensor = tensor(subgraph, input, where + "'s input");
      if (tensor.isConstant() || written.get(input)) {
        throw damaged(where + "'s input '" + tensor.name() + "' is a constant or stands twice");
      }
      written.set(input);
    }
    for (int i = 0; i < subgraph.operators().size(); i++) {
      operator(where + ", operator " + i, subgraph, subgraph.operators().get(i), written);
    }
    for (int output : subgraph.outputs()) {
      requireValue(subgraph, output, written, where + "'s output");
    }
  }

  private void operator(String where, Subgraph subgraph, GraphOperator operator, BitSet written) {
    String named = where + " " + operator.name();
    for (int i = 0; i < operator.inputs().size(); i++) {
      int input = operator.inputs().get(i);
      if (input != LEFT_OUT || !OperatorCheck.mayBeLeftOut(operator, i)) {
        requireValue(subgraph, input, written, named + "'s input " + i);
      }
    }
    for (int output : operator.outputs()) {
      GraphTensor tensor = tensor(subgraph, output, named + "'s output");
      if (tensor.isConstant() || tensor.isVariable() || tensor.isEmpty() || written.get(output)) {
        throw damaged(
            named
                + " writes '"
                + tensor.name()
                + "', which is a constant, without elements, or written before");
      }
      written.set(output);
    }
    requireCallees(named, operator);
  }

  private void requireCallees(String named, GraphOperator operator) {
    for (int called : operator.called()) {
      if (called < 0 || called >= graph.subgraphs().size()) {
        throw damaged(named + " calls subgraph " + called + " of " + graph.subgraphs().size());
      }
    }
    if (operator.code() == Builtin.CALL_ONCE) {
      Subgraph called = graph.subgraphs().get(operator.called().get(0));
      if (!called.inputs().isEmpty() || !called.outputs().isEmpty()) {
        throw damaged(named + " calls a subgraph that has inputs or outputs");
      }
    }
  }

  /**
   * A value is there when it is constant, a variable, or was written before: operators run in the
   * file's order.
   */
  private static void requireValue(Subgraph subgraph, int index, BitSet written, String where) {
    GraphTensor tensor = tensor(subgraph, index, where);
    if (!tensor.isConstant() && !tensor.isVariable() && !written.get(index) && !tensor.isEmpty()) {
      throw damaged(where + " reads '" + tensor.name() + "' before anything wrote it");
    }
  }

  private static GraphTensor tensor(Subgraph subgraph, int index, String where) {
    if (index < 0 || index >= subgraph.tensors().size()) {
      throw damaged(where + " is tensor " + index + " of " + subgraph.tensors().size());
    }
    return subgraph.tensors().get(index);
  }

  /**
   * Calls between subgraphs must end, and soon: the native runtime would follow a cycle until its
   * stack overflows, and prepares a subgraph again for each of its callers.
   */
  private void requireShallowCalls() {
    int[] depth = new int[graph.subgraphs().size()];
    while (deepen(depth)) {
      for (int reached : depth) {
        if (reached > DEEPEST_CALL) {
          throw damaged("its subgraphs call each other in a circle or deeper than " + DEEPEST_CALL);
        }
      }
    }
  }

  /** Moves every subgraph below its callers; whether any moved. At most a few passes change any. */
  private boolean deepen(int[] depth) {
    boolean moved = false;
    for (int i = 0; i < depth.length; i++) {
      for (GraphOperator operator : graph.subgraphs().get(i).operators()) {
        for (int called : operator.called()) {
          if (depth[called] <= depth[i]) {
            depth[called] = depth[i] + 1;
            moved = true;
          }
        }
      }
    }
    return moved;
  }

  private void entryPoint(EntryPoint signature) {
    String where = "signature '" + signature.key() + "'";
    if (signature.subgraph() >= graph.subgraphs().size()) {
      throw damaged(
          where + " names subgraph " + signature.subgraph() + " of " + graph.subgraphs().size());
    }
    Subgraph subgraph = graph.subgraphs().get(signature.subgraph());
    requireNames(where, signature.inputs(), subgraph.inputs());
    requireNames(where, signature.outputs(), subgraph.outputs());
    if (signature.inputs().size() != subgraph.inputs().size()) {
      throw damaged(
          where
              + " names "
              + signature.inputs().size()
              + " of "
              + subgraph.inputs().size()
              + " inputs");
    }
  }

  private static void requireNames(String where, List<NamedTensor> named, List<Integer> among) {
    Set<String> names = new HashSet<>();
    Set<Integer> known = Set.copyOf(among);
    for (NamedTensor tensor : named) {
      if (!names.add(tensor.name()) || !known.contains(tensor.tensor())) {
        throw damaged(
            where + "'s tensor '" + tensor.name() + "' stands twice or is none of the subgraph's");
      }
    }
  }

  private static ModelException damaged(String what) {
    return new ModelException(
        Reason.DAMAGED, "the .tflite file is damaged: " + what + "; fetch or export it again");
  }
}
