package io.covey.crypto.primitive.bc;

import io.covey.crypto.primitive.Octets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/**
 * Verification keys as points on the curve. To decode one takes a tenth of verifying a signature,
 * and a fleet's identities sign again and again. Public keys only, some 300 bytes each; at most so
 * many of them, then all are forgotten, so that strangers' keys cannot fill the memory.
 *
 * <p>Thread-safe.
 */
final class DecodedKeys {
  private final Map<Octets, PublicPoint> points = new ConcurrentHashMap<>();
  private final int most;

  /**
   * Knows no keys yet.
   *
   * @param most keys to keep, but for what threads add at once
   */
  DecodedKeys(int most) {
    this.most = most;
  }

  int size() {
    return points.size();
  }

  /**
   * The point of a key.
   *
   * @param publicKey 32 bytes
   * @return empty if they are no point in canonical form
   */
  Optional<PublicPoint> pointOf(Octets publicKey) {
    PublicPoint known = points.get(publicKey);
    if (known != null) {
      return Optional.of(known);
    }
    PublicPoint decoded =
        org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyPartialExport(
            publicKey.toBytes(), 0);
    if (decoded == null) {
      return Optional.empty();
    }
    if (points.size() >= most) {
      points.clear();
    }
    points.put(publicKey, decoded);
    return Optional.of(decoded);
  }
}
