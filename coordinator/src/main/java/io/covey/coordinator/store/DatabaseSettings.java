package io.covey.coordinator.store;

import io.covey.protocols.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Which database, and who logs in.
 *
 * @param url {@code jdbc:h2:file:PATH} or {@code jdbc:postgresql://HOST[:PORT]/DATABASE[?...]}
 * @param user empty for H2's own default
 * @param password empty for none
 */
public record DatabaseSettings(String url, Optional<String> user, Optional<Secret> password) {
  static final String H2_FILE = "jdbc:h2:file:";
  static final String H2_MEMORY = "jdbc:h2:mem:";
  static final String POSTGRESQL = "jdbc:postgresql:";

  public DatabaseSettings {
    boolean h2 = url.startsWith(H2_FILE) || url.startsWith(H2_MEMORY);
    if (!h2 && !url.startsWith(POSTGRESQL)) {
      throw new IllegalArgumentException(
          "the database URL begins with neither " + H2_FILE + " nor " + POSTGRESQL);
    }
    if (h2 && url.indexOf(';') >= 0) {
      throw new IllegalArgumentException(
          "the database URL has options behind ';': H2's options decide what survives a crash and"
              + " are not to be chosen");
    }
    if (url.toLowerCase(Locale.ROOT).contains("password=")) {
      throw new IllegalArgumentException(
          "the database URL holds a password: name a file that holds it instead");
    }
  }

  /** An H2 database in {@code file}, to whose name H2 appends {@code .mv.db}. */
  public static DatabaseSettings h2File(Path file) {
    return new DatabaseSettings(
        H2_FILE + file.toAbsolutePath(), Optional.empty(), Optional.empty());
  }

  /** A fresh H2 database in memory, gone when it is closed: for simulations. */
  public static DatabaseSettings inMemory() {
    return new DatabaseSettings(H2_MEMORY + UUID.randomUUID(), Optional.empty(), Optional.empty());
  }

  /** In the clear, as JDBC drivers take it. */
  Optional<String> revealPassword() {
    return password.map(secret -> new String(secret.revealCopy(), StandardCharsets.UTF_8));
  }
}
