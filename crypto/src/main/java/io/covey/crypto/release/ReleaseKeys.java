package io.covey.crypto.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The keys with which a coordinator releases, and the roots that say that they count. Not the
 * root's own keys, which are elsewhere.
 *
 * <p>Safe for use by several threads, but for {@link #close}, which comes last.
 */
public final class ReleaseKeys implements AutoCloseable {
  private final List<Octets> roots;
  private final RootDocument newest;
  private final Map<Role, List<SecretBytes>> online;
  private final FamilyKeys families;
  private final Signer signer;

  /** Keys of families of models. */
  public interface FamilyKeys extends AutoCloseable {
    /**
     * The key of a family, made when it is first asked for, and the same ever after. May block.
     *
     * @return Ed25519, stays this object's to wipe
     */
    SecretBytes of(ModelName family);

    @Override
    void close();
  }

  /**
   * Checks that the roots follow each other, and that these keys are enough of the newest one's.
   *
   * @param roots signed roots, the first one first, without a gap
   * @param online keys of every role but the root's; become this object's to wipe
   * @throws IllegalArgumentException that says what does not fit
   */
  public ReleaseKeys(
      List<Octets> roots, Map<Role, List<SecretBytes>> online, FamilyKeys families, Signer signer) {
    this.roots = List.copyOf(roots);
    this.newest = followed(this.roots, signer);
    Map<Role, List<SecretBytes>> keys = new EnumMap<>(Role.class);
    online.forEach((role, secrets) -> keys.put(role, List.copyOf(secrets)));
    this.online = Collections.unmodifiableMap(keys);
    this.families = families;
    this.signer = signer;
    for (Role role : List.of(Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP)) {
      requireEnough(role);
    }
  }

  private static RootDocument followed(List<Octets> roots, Signer signer) {
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("no root, expected one or more");
    }
    try {
      TrustedMetadata trusted = TrustedMetadata.trusting(roots.get(0), signer);
      for (Octets next : roots.subList(1, roots.size())) {
        Update update = trusted.acceptRoot(next);
        if (update instanceof KeepServing refused) {
          throw new IllegalArgumentException(
              "a root does not follow the one before: " + refused.detail());
        }
        trusted = ((Update.Accepted) update).next();
      }
      Octets last = roots.get(roots.size() - 1);
      return RootDocument.decode(SignedDocument.decode(last).document());
    } catch (MalformedReleaseException e) {
      throw new IllegalArgumentException("no usable root: " + e.getMessage(), e);
    }
  }

  private void requireEnough(Role role) {
    List<KeyId> ids = keysOf(role).stream().map(signer::publicKeyOf).map(KeyId::of).toList();
    if (!newest.keys(role).isReachedBy(ids)) {
      throw new IllegalArgumentException(
          "%d keys of the role %s, expected %d of root %d's"
              .formatted(
                  ids.size(), role, newest.keys(role).threshold(), newest.header().version()));
    }
  }

  public FleetId fleet() {
    return newest.header().fleet();
  }

  /** Signed roots, the first one first; all of them are published. */
  public List<Octets> roots() {
    return roots;
  }

  /** What agents are given when they enrol: never learned from the network. */
  public Sha256 firstRoot() {
    return Sha256.of(roots.get(0).toBytes());
  }

  /** Whether one of the roots has this digest. */
  public boolean isRoot(Sha256 digest) {
    return roots.stream().anyMatch(root -> Sha256.of(root.toBytes()).equals(digest));
  }

  /** The newest root, which counts. */
  public RootDocument root() {
    return newest;
  }

  public Signer signer() {
    return signer;
  }

  /** Signs as one of the online roles. */
  public SignedDocument sign(Role role, Octets document) {
    return SignedDocument.sign(document, keysOf(role), signer);
  }

  /** Signs the releases of a family. */
  public SignedDocument signFamily(ModelName family, Octets document) {
    return SignedDocument.sign(document, List.of(families.of(family)), signer);
  }

  /** Who may release a family's models. */
  public Delegation delegation(ModelName family) {
    return new Delegation(
        family, new RoleKeys(1, List.of(signer.publicKeyOf(families.of(family)))));
  }

  private List<SecretBytes> keysOf(Role role) {
    return online.getOrDefault(role, new ArrayList<>());
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    online.values().forEach(keys -> keys.forEach(SecretBytes::wipe));
    families.close();
  }

  @Override
  public String toString() {
    return "ReleaseKeys[%s, root %d]".formatted(fleet(), newest.header().version());
  }
}
