package io.covey.coordinator.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.Serial;
import java.util.Optional;

/** An {@link Optional} component of a record: its value, or null. It may not be left out. */
final class OptionalJson {
  private OptionalJson() {}

  static final class Writer extends StdSerializer<Optional<?>> {
    @Serial private static final long serialVersionUID = 1L;

    Writer() {
      super(Optional.class, false);
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        provider.defaultSerializeValue(value.get(), json);
      } else {
        json.writeNull();
      }
    }
  }

  /** Knows what the component may hold from where the component stands. */
  static final class Reader extends StdDeserializer<Optional<?>> implements ContextualDeserializer {
    @Serial private static final long serialVersionUID = 1L;

    private final JavaType content;

    Reader(JavaType content) {
      super(Optional.class);
      this.content = content;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, BeanProperty property) {
      return new Reader(context.getContextualType().containedTypeOrUnknown(0));
    }

    @Override
    public Optional<?> deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      return Optional.of(context.<Object>readValue(json, content));
    }

    @Override
    public Optional<?> getNullValue(DeserializationContext context) {
      return Optional.empty();
    }
  }
}
