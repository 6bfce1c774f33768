package io.covey.crypto.identity;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file or message with keys: a JSON object with its kind, the version of its
 * form, public texts, and secrets in base64. Every field must be there, but for optional ones, and
 * no other.
 *
 * <p>Wipes what it can: the bytes of the file and of the secrets. The JSON library's own buffers
 * stay as they are until they are used again.
 *
 * <p>Belongs to one thread.
 */
public final class KeyDocument implements AutoCloseable {
  public static final int MAXIMUM_BYTES = OwnerOnlyFiles.MAXIMUM_BYTES;

  private static final int VERSION = 1;
  private static final String KIND = "kind";
  private static final String VERSION_FIELD = "version";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Kind kind;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, SecretBytes> secrets = new HashMap<>();
  private final List<SecretBytes> handedOut = new ArrayList<>();

  /**
   * What a file is, with the names of its public and of its secret fields.
   *
   * @param optionalTexts public fields that older files do not have
   */
  public record Kind(
      String label, List<String> texts, List<String> secrets, List<String> optionalTexts) {
    static final Kind AUTHORITY_KEY =
        new Kind("covey-authority-key", List.of("fleet"), List.of("private-key"));
    static final Kind AUTHORITY_PUBLIC =
        new Kind(
            "covey-authority-public",
            List.of("fleet", "authority-public-key", "coordinator-public-key"),
            List.of(),
            List.of("release-root"));
    static final Kind COORDINATOR_KEY =
        new Kind("covey-coordinator-key", List.of("fleet"), List.of("private-key"));

    /** With every text required. */
    public Kind(String label, List<String> texts, List<String> secrets) {
      this(label, texts, secrets, List.of());
    }

    public Kind {
      optionalTexts = List.copyOf(optionalTexts);
      texts = List.copyOf(texts);
      secrets = List.copyOf(secrets);
    }
  }

  /** An output whose one buffer can be wiped: it is made large enough never to be replaced. */
  private static final class WipedOutput extends ByteArrayOutputStream {
    WipedOutput() {
      super(OwnerOnlyFiles.MAXIMUM_BYTES);
    }

    void wipe() {
      Arrays.fill(buf, (byte) 0);
    }
  }

  public KeyDocument(Kind kind) {
    this.kind = kind;
  }

  public KeyDocument with(String name, String text) {
    texts.put(name, text);
    return this;
  }

  public KeyDocument with(String name, Octets value) {
    return with(name, value.toHex());
  }

  /** Copies the secret. */
  public KeyDocument with(String name, SecretBytes secret) {
    secrets.put(name, secret.copy());
    return this;
  }

  public String text(String name) {
    return require(name, texts.get(name));
  }

  /** A text that may be left out. */
  public Optional<String> optionalText(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /**
   * A text that is in hex.
   *
   * @throws IllegalArgumentException if it is not
   */
  public Octets octets(String name) {
    return Octets.ofHex(text(name));
  }

  /** A copy, the caller's to wipe. */
  public SecretBytes secret(String name) {
    SecretBytes copy = require(name, secrets.get(name)).copy();
    handedOut.add(copy);
    return copy;
  }

  /** What the document stands for; should that fail, what it took from here is wiped. */
  public <T> T readAs(Function<KeyDocument, T> reading) {
    boolean done = false;
    try {
      T value = reading.apply(this);
      done = true;
      return value;
    } finally {
      if (!done) {
        handedOut.forEach(SecretBytes::wipe);
      }
    }
  }

  private static <T> T require(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("there is no field " + name);
    }
    return value;
  }

  /** The file's bytes, for the caller to wipe. */
  public byte[] toJson() throws IOException {
    WipedOutput output = new WipedOutput();
    try (JsonGenerator json = JSON.createGenerator(output, JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField(KIND, kind.label());
      json.writeNumberField(VERSION_FIELD, VERSION);
      for (String name : kind.texts()) {
        json.writeStringField(name, text(name));
      }
      for (String name : kind.optionalTexts()) {
        if (texts.containsKey(name)) {
          json.writeStringField(name, text(name));
        }
      }
      for (String name : kind.secrets()) {
        json.writeBinaryField(name, require(name, secrets.get(name)).reveal());
      }
      json.writeEndObject();
      json.writeRaw('\n');
      json.flush();
      return output.toByteArray();
    } finally {
      output.wipe();
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param content at most {@link #MAXIMUM_BYTES}; hostile until this has returned
   */
  public static KeyDocument parse(Kind kind, byte[] content) throws MalformedDocumentException {
    if (content.length > MAXIMUM_BYTES) {
      throw new MalformedDocumentException("is longer than " + MAXIMUM_BYTES + " bytes");
    }
    KeyDocument document = new KeyDocument(kind);
    boolean whole = false;
    try (JsonParser json = JSON.createParser(content)) {
      document.readFrom(json);
      document.checkFields();
      whole = true;
      return document;
    } catch (MalformedDocumentException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      // Not as the cause: it could quote what it stumbled over, a secret among it.
      throw damaged();
    } finally {
      if (!whole) {
        document.close();
      }
    }
  }

  private void readFrom(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw damaged();
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals(VERSION_FIELD) && value == JsonToken.VALUE_NUMBER_INT) {
        texts.put(name, json.getText());
      } else if (value == JsonToken.VALUE_STRING && kind.secrets().contains(name)) {
        secrets.put(name, SecretBytes.owning(json.getBinaryValue()));
      } else if (value == JsonToken.VALUE_STRING) {
        texts.put(name, json.getText());
      } else {
        throw damaged();
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
      throw damaged();
    }
  }

  private void checkFields() throws MalformedDocumentException {
    String found = texts.remove(KIND);
    if (!kind.label().equals(found)) {
      throw new MalformedDocumentException(
          "is not a file of kind " + kind.label() + "; check the path");
    }
    if (!Integer.toString(VERSION).equals(texts.remove(VERSION_FIELD))) {
      throw new MalformedDocumentException(
          "has another version than " + VERSION + "; a newer Covey may have written it");
    }
    Set<String> required = new HashSet<>(texts.keySet());
    required.removeAll(kind.optionalTexts());
    if (!required.equals(Set.copyOf(kind.texts()))
        || !secrets.keySet().equals(Set.copyOf(kind.secrets()))) {
      throw new MalformedDocumentException(
          "lacks a field or has one too many; restore it from a copy or make a new one");
    }
  }

  private static MalformedDocumentException damaged() {
    return new MalformedDocumentException("is damaged; restore it from a copy or make a new one");
  }

  /** Wipes its copies of the secrets. */
  @Override
  public void close() {
    secrets.values().forEach(SecretBytes::wipe);
  }
}
