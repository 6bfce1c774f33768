package io.covey.models.quantization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors whose ranges the converter's calibration gets wrong, since it reads operands after
 * their operator has run, which may have put its result in their place.
 *
 * @param entries none where the converter is right
 */
record StockRanges(List<Entry> entries) {

  static final String FILE = "stock-ranges.json";

  /**
   * One tensor.
   *
   * @param tensor its position in the plain model
   * @param stock its range as the converter has it
   * @param exact its range by an interpreter that keeps all values
   */
  record Entry(int tensor, ValueRange stock, ValueRange exact) {}

  StockRanges {
    entries = List.copyOf(entries);
  }

  static StockRanges read(Path directory) throws IOException {
    List<Entry> entries = new ArrayList<>();
    if (Files.exists(directory.resolve(FILE))) {
      for (JsonNode node : new ObjectMapper().readTree(directory.resolve(FILE).toFile())) {
        entries.add(
            new Entry(
                node.get("tensor").asInt(), range(node.get("stock")), range(node.get("exact"))));
      }
    }
    return new StockRanges(entries);
  }

  /** Ranges with those that the converter has. */
  CalibrationRanges putInto(CalibrationRanges measured) {
    Map<Integer, ValueRange> ranges = new HashMap<>(measured.byTensor());
    entries.forEach(entry -> ranges.replace(entry.tensor(), entry.stock()));
    return new CalibrationRanges(ranges, measured.examples());
  }

  private static ValueRange range(JsonNode ends) {
    return new ValueRange((float) ends.get(0).asDouble(), (float) ends.get(1).asDouble());
  }
}
