package io.covey.coordinator.http;

import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataException;
import io.covey.models.data.DataFormat;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.RawShape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How samples lie in a file and what is done to them, as the contract has it. */
final class PreprocessingJson {
  private PreprocessingJson() {}

  /**
   * Reads what keeps the contract; what is left out changes nothing.
   *
   * @throws IllegalArgumentException when a number makes no sense
   */
  static Preprocessing read(JsonObject json) {
    Preprocessing identity = Preprocessing.IDENTITY;
    return new Preprocessing(
        json.getNumber("scale", 1).floatValue(),
        floats(json.getJsonArray("mean", new JsonArray())),
        floats(json.getJsonArray("standardDeviation", new JsonArray())),
        Preprocessing.Layout.valueOf(json.getString("layout", identity.layout().name())),
        Preprocessing.ChannelOrder.valueOf(
            json.getString("channelOrder", identity.channelOrder().name())),
        Preprocessing.Resizing.valueOf(json.getString("resizing", identity.resizing().name())));
  }

  private static List<Float> floats(JsonArray numbers) {
    return numbers.stream().map(number -> ((Number) number).floatValue()).toList();
  }

  static JsonObject write(Preprocessing preprocessing) {
    return new JsonObject()
        .put("scale", PlanJson.decimal(preprocessing.scale()))
        .put("mean", decimals(preprocessing.mean()))
        .put("standardDeviation", decimals(preprocessing.standardDeviation()))
        .put("layout", preprocessing.layout().name())
        .put("channelOrder", preprocessing.channelOrder().name())
        .put("resizing", preprocessing.resizing().name());
  }

  private static JsonArray decimals(List<Float> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(number -> array.add(PlanJson.decimal(number)));
    return array;
  }

  /**
   * Reads the format of a file of samples that keeps the contract.
   *
   * @throws ProblemException when the parts do not go together
   */
  static DataFormat readFormat(JsonObject json) {
    try {
      return switch (json.getString("kind")) {
        case "CSV" -> new DataFormat.Csv(List.of(), label(json.getString("label")));
        case "NPY" -> new DataFormat.Npy();
        case "NPZ" -> new DataFormat.Npz(json.getString("samples", "x"), json.getString("label"));
        default -> new DataFormat.Raw(rawShape(json.getJsonArray("shape")));
      };
    } catch (IllegalArgumentException | DataException e) {
      throw Exchange.senseless(
          "#/calibrationFormat", new IllegalArgumentException(e.getMessage(), e));
    }
  }

  private static DataFormat.@Nullable LabelColumn label(@Nullable String column) {
    return column == null ? null : new DataFormat.LabelColumn(column, DataFormat.LabelKind.NUMBERS);
  }

  private static RawShape rawShape(@Nullable JsonArray dimensions) {
    if (dimensions == null) {
      throw new IllegalArgumentException(
          "RAW samples need the shape of one, such as [28, 28, 1]; say it as 'shape'");
    }
    return new RawShape(
        RawShape.ANY,
        new ArrayShape(dimensions.stream().map(number -> ((Number) number).intValue()).toList()));
  }
}
