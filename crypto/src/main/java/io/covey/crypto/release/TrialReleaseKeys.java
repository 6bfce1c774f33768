package io.covey.crypto.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A root and everything below it in memory, with one key for each role: for demos, simulations and
 * tests. A root's keys belong apart, and offline.
 */
public final class TrialReleaseKeys {
  private static final long EXPIRES = 4_102_444_800L;

  private TrialReleaseKeys() {}

  /**
   * Makes them; the root holds from 1970 to 2100.
   *
   * @param random for all keys; stays in use for those of families
   * @param rootKey Ed25519; stays the caller's, who can sign further roots with it
   */
  public static ReleaseKeys create(
      FleetId fleet, SecretBytes rootKey, RandomWords random, Signer signer) {
    Map<Role, List<SecretBytes>> online = new EnumMap<>(Role.class);
    Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);
    roles.put(Role.ROOT, one(signer.publicKeyOf(rootKey)));
    for (Role role : List.of(Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP)) {
      SecretBytes key = SecretBytes.drawnFrom(random, Signer.PRIVATE_KEY_BYTES);
      online.put(role, List.of(key));
      roles.put(role, one(signer.publicKeyOf(key)));
    }
    RootDocument root = new RootDocument(new DocumentHeader(fleet, 1, 0, EXPIRES), roles);
    Octets signed = SignedDocument.sign(root.encode(), List.of(rootKey), signer).encode();
    return new ReleaseKeys(List.of(signed), online, new DrawnFamilyKeys(random), signer);
  }

  private static RoleKeys one(Octets publicKey) {
    return new RoleKeys(1, List.of(publicKey));
  }

  /** Keys that live as long as the object. */
  private static final class DrawnFamilyKeys implements ReleaseKeys.FamilyKeys {
    private final RandomWords random;
    private final Map<ModelName, SecretBytes> keys = new HashMap<>();

    DrawnFamilyKeys(RandomWords random) {
      this.random = random;
    }

    @Override
    public synchronized SecretBytes of(ModelName family) {
      return keys.computeIfAbsent(
          family, name -> SecretBytes.drawnFrom(random, Signer.PRIVATE_KEY_BYTES));
    }

    @Override
    public synchronized void close() {
      keys.values().forEach(SecretBytes::wipe);
    }
  }
}
