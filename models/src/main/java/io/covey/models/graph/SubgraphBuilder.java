package io.covey.models.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A subgraph in the making: tensors and operators are added, never taken away (see {@link
 * DeadOperators}), so that positions stay valid.
 *
 * <p>Thread rule: one thread.
 */
public final class SubgraphBuilder {

  private final String name;
  private final List<GraphTensor> tensors = new ArrayList<>();
  private final List<Integer> inputs = new ArrayList<>();
  private final List<Integer> outputs = new ArrayList<>();
  private final List<GraphOperator> operators = new ArrayList<>();

  /** An empty subgraph. */
  public SubgraphBuilder(String name) {
    this.name = name;
  }

  /** A copy of {@code subgraph}, with the same positions, under another name. */
  public static SubgraphBuilder copyOf(Subgraph subgraph, String name) {
    SubgraphBuilder builder = new SubgraphBuilder(name);
    builder.tensors.addAll(subgraph.tensors());
    builder.inputs.addAll(subgraph.inputs());
    builder.outputs.addAll(subgraph.outputs());
    builder.operators.addAll(subgraph.operators());
    return builder;
  }

  /** Adds a tensor and answers its position. */
  public int add(GraphTensor tensor) {
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  /** Adds a tensor that the caller fills, after the inputs that there are. */
  public int addInput(GraphTensor tensor) {
    int position = add(tensor);
    inputs.add(position);
    return position;
  }

  /** Makes the tensor at {@code position} an output, after those that there are. */
  public void addOutput(int position) {
    outputs.add(requireTensor(position));
  }

  /** Adds an operator after those that there are; what it reads must have been written by then. */
  public void add(GraphOperator operator) {
    operator.outputs().forEach(this::requireTensor);
    operators.add(operator);
  }

  /** The tensor at {@code position}. */
  public GraphTensor tensor(int position) {
    return tensors.get(requireTensor(position));
  }

  /** Puts another tensor at {@code position}. */
  public void replace(int position, GraphTensor tensor) {
    tensors.set(requireTensor(position), tensor);
  }

  /** How many tensors there are. */
  public int size() {
    return tensors.size();
  }

  /** The positions of the inputs. */
  public List<Integer> inputs() {
    return List.copyOf(inputs);
  }

  /** The positions of the outputs. */
  public List<Integer> outputs() {
    return List.copyOf(outputs);
  }

  /** How many operators there are. */
  public int operatorCount() {
    return operators.size();
  }

  /** The operators so far, from the one at {@code first} on. */
  public List<GraphOperator> operatorsFrom(int first) {
    return List.copyOf(operators.subList(first, operators.size()));
  }

  /** The subgraph as it is now. */
  public Subgraph build() {
    return new Subgraph(name, tensors, inputs, outputs, operators);
  }

  private int requireTensor(int position) {
    if (position < 0 || position >= tensors.size()) {
      throw new IllegalArgumentException(
          "subgraph '" + name + "' has no tensor " + position + ", only " + tensors.size());
    }
    return position;
  }
}
