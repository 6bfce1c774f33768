package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of a role, and how many of them have to sign.
 *
 * @param threshold 1 to the number of keys
 * @param publicKeys Ed25519, 1 to {@link #MOST_KEYS}, each once
 */
public record RoleKeys(int threshold, List<Octets> publicKeys) {
  public static final int MOST_KEYS = 16;

  public RoleKeys {
    publicKeys = List.copyOf(publicKeys);
    if (publicKeys.isEmpty() || publicKeys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(publicKeys.size() + " keys, expected 1 to " + MOST_KEYS);
    }
    if (threshold < 1 || threshold > publicKeys.size()) {
      throw new IllegalArgumentException(
          "threshold %d, expected 1 to %d".formatted(threshold, publicKeys.size()));
    }
    publicKeys.forEach(key -> key.requireLength("public key", Signer.PUBLIC_KEY_BYTES));
    if (new HashSet<>(publicKeys).size() != publicKeys.size()) {
      throw new IllegalArgumentException("the same key twice, expected different ones");
    }
  }

  /** The key of this name, if the role has it. */
  Optional<Octets> keyOf(KeyId id) {
    return Optional.ofNullable(byId().get(id));
  }

  /** Whether so many of these signers have keys of the role that they reach its threshold. */
  boolean isReachedBy(Collection<KeyId> signers) {
    Set<KeyId> ours = new HashSet<>(byId().keySet());
    ours.retainAll(signers);
    return ours.size() >= threshold;
  }

  private Map<KeyId, Octets> byId() {
    Map<KeyId, Octets> byId = new HashMap<>();
    publicKeys.forEach(key -> byId.put(KeyId.of(key), key));
    return byId;
  }

  Canonical appendTo(Canonical statement) {
    statement.number(threshold).number(publicKeys.size());
    publicKeys.forEach(statement::octets);
    return statement;
  }

  static RoleKeys read(Fields fields) throws MalformedReleaseException {
    return new RoleKeys(
        fields.number(1, MOST_KEYS),
        fields.list(MOST_KEYS, key -> key.octets(Signer.PUBLIC_KEY_BYTES)));
  }
}
