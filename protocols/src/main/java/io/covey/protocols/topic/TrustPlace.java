package io.covey.protocols.topic;

import io.covey.protocols.id.ModelName;
import java.util.Optional;

/** Which of the signed documents for everybody a topic below {@code trust/} is for. */
public sealed interface TrustPlace {

  /** Behind {@code trust/}. */
  String path();

  /**
   * A root, which stays: later ones are checked with it.
   *
   * @param version 1 or more
   */
  record Root(int version) implements TrustPlace {
    public Root {
      if (version < 1) {
        throw new IllegalArgumentException("root " + version + ", expected 1 or more");
      }
    }

    @Override
    public String path() {
      return "root/" + version;
    }
  }

  /** The latest timestamp. */
  record Timestamp() implements TrustPlace {
    @Override
    public String path() {
      return "timestamp";
    }
  }

  /** The latest snapshot. */
  record Snapshot() implements TrustPlace {
    @Override
    public String path() {
      return "snapshot";
    }
  }

  /**
   * A latest targets document.
   *
   * @param name that of the top one or of a family of models, with the syntax of models' names
   */
  record Targets(ModelName name) implements TrustPlace {
    @Override
    public String path() {
      return "targets/" + name;
    }
  }

  /** The authority's newest revocation list, as {@code io.covey.crypto.identity} writes it. */
  record Revocations() implements TrustPlace {
    @Override
    public String path() {
      return "revocations";
    }
  }

  /** Throws {@link IllegalArgumentException} where a name is malformed. */
  static Optional<TrustPlace> of(String... levels) {
    if (levels.length == 1 && levels[0].equals("timestamp")) {
      return Optional.of(new Timestamp());
    }
    if (levels.length == 1 && levels[0].equals("snapshot")) {
      return Optional.of(new Snapshot());
    }
    if (levels.length == 1 && levels[0].equals("revocations")) {
      return Optional.of(new Revocations());
    }
    if (levels.length == 2 && levels[0].equals("targets")) {
      return Optional.of(new Targets(new ModelName(levels[1])));
    }
    if (levels.length == 2 && levels[0].equals("root")) {
      return Optional.of(new Root(TopicParser.number(levels[1])));
    }
    return Optional.empty();
  }
}
