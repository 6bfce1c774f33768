package io.covey.models.runtime;

import io.covey.models.data.DataException;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.PreprocessingText;
import io.covey.models.graph.Constant;
import io.covey.models.graph.Metadata;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be done to examples before a model sees them, in the metadata of its file, so that
 * whoever holds the file knows.
 */
public final class CarriedPreprocessing {

  /** The metadata's name. */
  static final String METADATA = "covey.preprocessing.v1";

  private CarriedPreprocessing() {}

  /** The same graph with another preprocessing. */
  public static ModelGraph put(ModelGraph graph, Preprocessing preprocessing) {
    List<Metadata> metadata = new ArrayList<>(graph.metadata());
    metadata.removeIf(entry -> entry.name().equals(METADATA));
    metadata.add(new Metadata(METADATA, Constant.ofBytes(PreprocessingText.write(preprocessing))));
    return new ModelGraph(graph.subgraphs(), graph.signatures(), graph.description(), metadata);
  }

  /**
   * The graph's preprocessing; that which changes nothing when it carries none.
   *
   * @throws ModelException when what it carries cannot be read
   */
  public static Preprocessing of(ModelGraph graph) {
    for (Metadata entry : graph.metadata()) {
      if (entry.name().equals(METADATA)) {
        return read(entry.value());
      }
    }
    return Preprocessing.IDENTITY;
  }

  private static Preprocessing read(Constant value) {
    ByteBuffer bytes = value.bytes();
    byte[] text = new byte[bytes.remaining()];
    bytes.get(text);
    try {
      return PreprocessingText.read(text);
    } catch (DataException e) {
      throw new ModelException(Reason.DAMAGED, "the .tflite file is damaged: " + e.getMessage(), e);
    }
  }
}
