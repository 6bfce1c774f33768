package io.covey.coordinator.config;

import io.covey.coordinator.store.DatabaseSettings;
import io.covey.protocols.settings.Secret;
import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
import java.util.Optional;

/** The section {@code database}. */
public record DatabaseSection(
    @Setting(
            help =
                "jdbc:h2:file:PATH or jdbc:postgresql://HOST[:PORT]/NAME; left out, a file in the"
                    + " data directory.")
        Optional<String> url,
    @Setting(help = "Who logs in.") Optional<String> user,
    @Setting(help = "File that holds the password.") Optional<Secret> password) {

  public DatabaseSection {
    url.ifPresent(text -> new DatabaseSettings(text, Optional.empty(), Optional.empty()));
    if (password.isPresent() && user.isEmpty()) {
      throw new IllegalArgumentException("a password is given without a user");
    }
    if (url.isEmpty() && user.isPresent()) {
      throw new IllegalArgumentException("a user is given without a url");
    }
  }

  DatabaseSettings settings(Path dataDirectory) {
    return url.map(text -> new DatabaseSettings(text, user, password))
        .orElseGet(() -> DatabaseSettings.h2File(dataDirectory.resolve("coordinator")));
  }
}
