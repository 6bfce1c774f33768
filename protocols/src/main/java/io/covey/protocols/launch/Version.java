package io.covey.protocols.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, and the commit it was made from when the build knew it. */
public final class Version implements IVersionProvider {
  private static final String RESOURCE = "version.properties";

  private final String release;
  private final Optional<String> commit;

  /** Reads the facts that the build wrote beside this class. */
  public Version() {
    Properties facts = new Properties();
    try (InputStream in =
        Objects.requireNonNull(Version.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      facts.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    release = facts.getProperty("version", "");
    // An unknown commit leaves Maven's placeholder in the file.
    commit = Optional.of(facts.getProperty("commit", "")).filter(id -> id.matches("[0-9a-f]+"));
  }

  /** For example {@code 0.1.0}. */
  public String release() {
    return release;
  }

  /** The abbreviated git commit; empty when the build was not made in a git checkout. */
  public Optional<String> commit() {
    return commit;
  }

  /** For example {@code 0.1.0 (1a2b3c4)}. */
  @Override
  public String toString() {
    return release + commit.map(id -> " (" + id + ")").orElse("");
  }

  @Override
  public String[] getVersion() {
    String java =
        "Java " + Runtime.version() + ", " + System.getProperty("os.name", "unknown system");
    return new String[] {"covey " + this, java + " " + System.getProperty("os.arch", "")};
  }
}
