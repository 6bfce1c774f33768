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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file with keys: a JSON object with its kind, the version of its form, public
 * texts, and secrets in base64. Every field must be there, and no other.
 *
 * <p>Wipes what it can: the bytes of the file and of the secrets. The JSON library's own buffers
 * stay as they are until they are used again.
 *
 * <p>Belongs to one thread.
 */
final class KeyDocument implements AutoCloseable {
  private static final int VERSION = 1;
  private static final String KIND = "kind";
  private static final String VERSION_FIELD = "version";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Kind kind;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, SecretBytes> secrets = new HashMap<>();
  private final List<SecretBytes> handedOut = new ArrayList<>();

  /** What a file is, with the names of its public and of its secret fields. */
  record Kind(String label, List<String> texts, List<String> secrets) {
    static final Kind AUTHORITY_KEY =
        new Kind("covey-authority-key", List.of("fleet"), List.of("private-key"));
    static final Kind AUTHORITY_PUBLIC =
        new Kind(
            "covey-authority-public",
            List.of("fleet", "authority-public-key", "coordinator-public-key"),
            List.of());
    static final Kind COORDINATOR_KEY =
        new Kind("covey-coordinator-key", List.of("fleet"), List.of("private-key"));
    static final Kind AGENT_IDENTITY =
        new Kind(
            "covey-agent-identity",
            List.of(
                "fleet", "agent", "authority-public-key", "coordinator-public-key", "certificate"),
            List.of("identity-private-key"));

    Kind {
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

  KeyDocument(Kind kind) {
    this.kind = kind;
  }

  KeyDocument with(String name, String text) {
    texts.put(name, text);
    return this;
  }

  KeyDocument with(String name, Octets value) {
    return with(name, value.toHex());
  }

  /** Copies the secret. */
  KeyDocument with(String name, SecretBytes secret) {
    secrets.put(name, secret.copy());
    return this;
  }

  String text(String name) {
    return require(name, texts.get(name));
  }

  /**
   * A text that is in hex.
   *
   * @throws IllegalArgumentException if it is not
   */
  Octets octets(String name) {
    return Octets.ofHex(text(name));
  }

  /** A copy, the caller's to wipe. */
  SecretBytes secret(String name) {
    SecretBytes copy = require(name, secrets.get(name)).copy();
    handedOut.add(copy);
    return copy;
  }

  /** What the document stands for; should that fail, what it took from here is wiped. */
  <T> T readAs(Function<KeyDocument, T> reading) {
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
  byte[] toJson() throws IOException {
    WipedOutput output = new WipedOutput();
    try (JsonGenerator json = JSON.createGenerator(output, JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField(KIND, kind.label());
      json.writeNumberField(VERSION_FIELD, VERSION);
      for (String name : kind.texts()) {
        json.writeStringField(name, text(name));
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
   * @param file only for what people are told
   * @throws IdentityFileException if it is anything else
   */
  static KeyDocument parse(Kind kind, byte[] content, Path file) throws IdentityFileException {
    KeyDocument document = new KeyDocument(kind);
    boolean whole = false;
    try (JsonParser json = JSON.createParser(content)) {
      document.readFrom(json, file);
      document.checkFields(file);
      whole = true;
      return document;
    } catch (IdentityFileException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      // Not as the cause: it could quote what it stumbled over, a secret among it.
      throw damaged(file);
    } finally {
      if (!whole) {
        document.close();
      }
    }
  }

  private void readFrom(JsonParser json, Path file) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw damaged(file);
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
        throw damaged(file);
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
      throw damaged(file);
    }
  }

  private void checkFields(Path file) throws IdentityFileException {
    String found = texts.remove(KIND);
    if (!kind.label().equals(found)) {
      throw new IdentityFileException(
          file, "is not a file of kind " + kind.label() + "; check the path");
    }
    if (!Integer.toString(VERSION).equals(texts.remove(VERSION_FIELD))) {
      throw new IdentityFileException(
          file, "has another version than " + VERSION + "; a newer Covey may have written it");
    }
    if (!texts.keySet().equals(Set.copyOf(kind.texts()))
        || !secrets.keySet().equals(Set.copyOf(kind.secrets()))) {
      throw new IdentityFileException(
          file, "lacks a field or has one too many; restore it from a copy or make a new one");
    }
  }

  static IdentityFileException damaged(Path file) {
    return new IdentityFileException(file, "is damaged; restore it from a copy or make a new one");
  }

  /** Wipes its copies of the secrets. */
  @Override
  public void close() {
    secrets.values().forEach(SecretBytes::wipe);
  }
}
