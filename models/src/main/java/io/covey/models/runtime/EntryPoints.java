package io.covey.models.runtime;

import io.covey.models.graph.EntryPoint;
import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a model can be called.
 *
 * @param signatures by name
 * @param inference the one that serves
 * @param training how it is trained, or null when it cannot be
 * @param variables which variables hold a value
 */
record EntryPoints(
    SortedMap<String, Signature> signatures,
    Signature inference,
    @Nullable TrainingConvention training,
    Variables variables) {

  /** The name that TensorFlow gives to a model's own call. */
  private static final String SERVING_DEFAULT = "serving_default";

  /** The name of the one entry point of a file without signatures. */
  private static final String MAIN = "";

  /**
   * The entry points of {@code graph}.
   *
   * @throws ModelException when a tensor's type or the way of training is not supported
   */
  static EntryPoints of(ModelGraph graph) {
    SortedMap<String, Signature> signatures = new TreeMap<>();
    for (EntryPoint entry : graph.signatures()) {
      Subgraph subgraph = graph.subgraphs().get(entry.subgraph());
      signatures.put(entry.key(), signature(entry, subgraph));
    }
    if (signatures.isEmpty()) {
      Subgraph main = graph.subgraphs().get(0);
      EntryPoint entry =
          new EntryPoint(MAIN, 0, named(main, main.inputs()), named(main, main.outputs()));
      signatures.put(MAIN, signature(entry, main));
    }
    return new EntryPoints(
        signatures,
        inference(signatures),
        TrainingConvention.of(signatures).orElse(null),
        Variables.of(graph));
  }

  private static List<NamedTensor> named(Subgraph main, List<Integer> tensors) {
    List<NamedTensor> named =
        tensors.stream().map(i -> new NamedTensor(main.tensors().get(i).name(), i)).toList();
    if (new HashSet<>(named.stream().map(NamedTensor::name).toList()).size() != named.size()) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the model has no signatures, and two of its inputs or outputs share a name; export it"
              + " with signatures");
    }
    return named;
  }

  private static Signature inference(SortedMap<String, Signature> signatures) {
    for (String name : List.of(TrainingConvention.INFER, SERVING_DEFAULT, MAIN)) {
      Signature signature = signatures.get(name);
      if (signature != null) {
        return signature;
      }
    }
    if (signatures.size() == 1) {
      return signatures.values().iterator().next();
    }
    throw new ModelException(
        Reason.UNSUPPORTED_CONVENTION,
        "the model has the signatures "
            + signatures.keySet()
            + " but none named infer or serving_default; name the one to serve so");
  }

  private static Signature signature(EntryPoint entry, Subgraph subgraph) {
    return new Signature(
        entry.key(),
        specs(entry, entry.inputs(), subgraph),
        specs(entry, entry.outputs(), subgraph));
  }

  private static List<TensorSpec> specs(
      EntryPoint entry, List<NamedTensor> named, Subgraph subgraph) {
    return named.stream()
        .map(tensor -> spec(entry, tensor, subgraph.tensors().get(tensor.tensor())))
        .sorted(Comparator.comparing(TensorSpec::name))
        .toList();
  }

  private static TensorSpec spec(EntryPoint entry, NamedTensor named, GraphTensor tensor) {
    ElementType type = ElementType.of(tensor.type());
    if (type == null) {
      throw new ModelException(
          Reason.UNSUPPORTED_TYPE,
          "tensor '"
              + named.name()
              + "' of signature '"
              + entry.key()
              + "' has type "
              + tensor.type()
              + ", which cannot be handed over; export the model with numbers at its edges");
    }
    return new TensorSpec(named.name(), type, tensor.shape());
  }
}
