package io.covey.edgeagent.release;

import io.covey.crypto.primitive.Octets;
import java.io.IOException;
import java.util.Optional;

/** Where an agent keeps what it trusts about releases. Called on workers, one at a time; blocks. */
public interface TrustStore {

  /**
   * What was saved last.
   *
   * @return empty if nothing ever was
   * @throws IOException if something was, and it cannot be read
   */
  Optional<Octets> load() throws IOException;

  /** Keeps it; when this returns, it survives a crash. */
  void save(Octets trusted) throws IOException;
}
