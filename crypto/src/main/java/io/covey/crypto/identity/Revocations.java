package io.covey.crypto.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The newest revocation list that was seen and verified. Takes no older one in its place.
 *
 * <p>Thread-safe; {@link #heed} verifies a signature.
 */
public final class Revocations {
  private final FleetVerifier verifier;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable RevocationList newest;

  /** What became of a list. */
  public enum Verdict {
    TAKEN,
    /** It is the one that is known. */
    KNOWN,
    /** A newer one is known, or another one of the same version. */
    OLDER,
    WRONG_FLEET,
    BAD_SIGNATURE
  }

  /** Knows of no revocation yet. */
  public Revocations(FleetVerifier verifier) {
    this.verifier = verifier;
  }

  /** Takes a list if it is the authority's and newer than what is known. */
  public Verdict heed(RevocationList list) {
    if (!list.content().fleet().equals(verifier.fleet())) {
      return Verdict.WRONG_FLEET;
    }
    if (list.equals(newest)) {
      return Verdict.KNOWN;
    }
    if (!verifier.hasSigned(list)) {
      return Verdict.BAD_SIGNATURE;
    }
    Verdict verdict = take(list);
    if (verdict == Verdict.TAKEN) {
      listeners.forEach(Runnable::run);
    }
    return verdict;
  }

  /** Is run, by the thread that brings it, after each list that was taken. */
  public void whenTaken(Runnable listener) {
    listeners.add(listener);
  }

  private synchronized Verdict take(RevocationList verified) {
    RevocationList known = newest;
    if (known != null && known.content().version() >= verified.content().version()) {
      return known.equals(verified) ? Verdict.KNOWN : Verdict.OLDER;
    }
    newest = verified;
    return Verdict.TAKEN;
  }

  /** Empty until one was taken. */
  public Optional<RevocationList> newest() {
    return Optional.ofNullable(newest);
  }

  public boolean isRevoked(SerialNumber serial) {
    RevocationList known = newest;
    return known != null && known.contains(serial);
  }

  /** How long ago the newest list was issued; empty while there is none. */
  public Optional<Duration> age(Instant now) {
    return newest().map(list -> list.age(now));
  }
}
