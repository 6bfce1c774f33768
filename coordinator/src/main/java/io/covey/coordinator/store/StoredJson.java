package io.covey.coordinator.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Values that are read and written only whole, as JSON in one column: records by their components'
 * names, ids as strings, durations as in ISO 8601, optional ones as null. Strict: a missing or
 * unknown component is refused, so a change of such a record needs a migration.
 */
final class StoredJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(
              new SimpleModule()
                  .addSerializer(ModelName.class, ToStringSerializer.instance)
                  .addSerializer(ModelVersion.class, ToStringSerializer.instance)
                  .addSerializer(Duration.class, ToStringSerializer.instance)
                  .addSerializer(new OptionalJson.Writer())
                  .addDeserializer(
                      Optional.class, new OptionalJson.Reader(TypeFactory.unknownType()))
                  .addDeserializer(ModelName.class, new FromText<>(ModelName.class, ModelName::new))
                  .addDeserializer(
                      ModelVersion.class,
                      new FromText<>(
                          ModelVersion.class, text -> new ModelVersion(Integer.parseInt(text))))
                  .addDeserializer(Duration.class, new FromText<>(Duration.class, Duration::parse)))
          .build();

  private StoredJson() {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record cannot be written as JSON", e);
    }
  }

  /** Throws {@link IllegalArgumentException} when {@code json} is not such a value. */
  static <T> T read(String json, TypeReference<T> type) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new IllegalArgumentException("null is not a value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static final class FromText<T> extends StdScalarDeserializer<T> {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Function<String, T> parser;

    FromText(Class<T> type, Function<String, T> parser) {
      super(type);
      this.parser = parser;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return parser.apply(json.getText());
    }
  }
}
