package io.covey.coordinator.enrolment;

import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.audit.AuditKey;
import io.covey.coordinator.release.ReleaseFiles;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.RootShareFiles;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** An issuing authority whose files have been read: its key, and all that it remembers. Blocks. */
public final class OpenAuthority implements AutoCloseable {
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  private static final int KEY_BYTES = 32;

  private final FleetAuthority authority;
  private final IssuingAuthority issuing;
  private final IssuerStore store;
  private final IssuingDesk desk;
  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();

  private OpenAuthority(Path directory, FleetAuthority authority) throws IOException {
    FleetTrust trust = IdentityFiles.readTrust(directory);
    TermsFile terms = TermsFile.read(directory);
    this.authority = authority;
    this.issuing = AuthorityFiles.readIssuing(directory, authority);
    this.store = new IssuerStore(directory);
    AuditFile audit =
        AuditFile.open(
            directory.resolve(AuditFile.NAME), AuditKey.of(authority), InstantSource.system());
    IssuingDesk.Terms offered =
        new IssuingDesk.Terms(
            trust.coordinatorKey(),
            trust.releaseRoot(),
            terms.broker(),
            terms.issuers(),
            terms.lifetime());
    this.desk =
        new IssuingDesk(
            issuing,
            store,
            () -> offered,
            new IssuingDesk.Surroundings(
                InstantSource.system(), random, PRIMITIVES, audit::append));
  }

  /** Reads the files of an authority that {@link #create} has made. */
  public static OpenAuthority open(Path directory) throws IOException {
    FleetAuthority authority = IdentityFiles.readAuthority(directory, PRIMITIVES.signer());
    boolean opened = false;
    try {
      OpenAuthority open = new OpenAuthority(directory, authority);
      opened = true;
      return open;
    } finally {
      if (!opened) {
        authority.close();
      }
    }
  }

  /** As below, with the keys of both roots in one file each: for trials. */
  public static FleetTrust create(
      FleetId fleet, Path directory, Path rootDirectory, TermsFile terms) throws IOException {
    return create(fleet, directory, new RootKeeping.OneFile(rootDirectory), terms);
  }

  /**
   * Makes the keys of a fleet, in files: root, authority and coordinator, and what it signs
   * releases with. Overwrites nothing.
   *
   * @param roots where the keys of both roots go; best media that are taken away
   */
  public static FleetTrust create(FleetId fleet, Path directory, RootKeeping roots, TermsFile terms)
      throws IOException {
    RandomWords random = AesCtrRandomWords.fromSystemRandomness();
    Instant now = Instant.now();
    ReleaseFiles releases = new ReleaseFiles(directory, PRIMITIVES.signer());
    OwnerOnlyFiles.makeDirectory(directory);
    requireNone(directory);
    roots.prepare();
    releases.create(fleet, roots.releaseHolders(), now, random);
    try (FleetAuthority authority = FleetAuthority.generate(fleet, random, PRIMITIVES.signer());
        CoordinatorIdentity coordinator =
            CoordinatorIdentity.generate(authority, random, PRIMITIVES.signer())
                .withReleases(releases.read(fleet), PRIMITIVES.signer());
        FleetRoot root =
            FleetRoot.create(fleet, freshKey(random), now, random, PRIMITIVES.signer())) {
      // First what needs the most hands: where that fails, nothing is founded yet.
      roots.write(root, random, PRIMITIVES.signer());
      IdentityFiles.writeAuthority(directory, authority, coordinator);
      AuthorityFiles.writeIssuing(directory, root.certify(authority, now, random));
      terms.write(directory);
      return coordinator.trust();
    }
  }

  /** Before anything is made. */
  private static void requireNone(Path directory) throws IOException {
    Optional<Path> present = IdentityFiles.anyIn(directory);
    if (present.isPresent()) {
      throw new IdentityFileException(
          present.get(), "is there already and is not overwritten; choose another directory");
    }
  }

  private static SecretBytes freshKey(RandomWords random) {
    long[] words = new long[KEY_BYTES / Long.BYTES];
    random.fill(words);
    byte[] key = new byte[KEY_BYTES];
    ByteBuffer.wrap(key).asLongBuffer().put(words);
    Arrays.fill(words, 0);
    return SecretBytes.owning(key);
  }

  /**
   * Has the root certify the authority anew, before its certificate ends.
   *
   * @param rootDirectories where its key lies, whole or in shares
   * @throws IllegalArgumentException if too little of it lies there, or what does not fit
   */
  public static void certifyAgain(Path directory, List<Path> rootDirectories) throws IOException {
    Optional<X509Certificate> trusted =
        AuthorityFiles.hasIssuing(directory)
            ? Optional.of(AuthorityFiles.readTrustedRoot(directory))
            : Optional.empty();
    try (FleetAuthority authority = IdentityFiles.readAuthority(directory, PRIMITIVES.signer());
        FleetRoot root = RootShareFiles.readRoot(rootDirectories, trusted, PRIMITIVES.signer())) {
      AuthorityFiles.writeIssuing(
          directory,
          root.certify(authority, Instant.now(), AesCtrRandomWords.fromSystemRandomness()));
    }
  }

  public FleetId fleet() {
    return authority.fleet();
  }

  public IssuingAuthority issuing() {
    return issuing;
  }

  public IssuerStore store() {
    return store;
  }

  public IssuingDesk desk() {
    return desk;
  }

  /**
   * New keys and a certificate for a server, or for the coordinator.
   *
   * @param hosts of a server; empty for the coordinator
   */
  public TlsIdentity certify(Role role, List<String> hosts, Duration lifetime) {
    KeyPair keys = P256Keys.generate();
    IssuingAuthority.Term term =
        IssuingAuthority.Term.draw(random, Validity.from(Instant.now(), lifetime));
    return new TlsIdentity(
        issuing.certify(MemberName.of(fleet(), role), hosts, keys.getPublic(), term),
        keys.getPrivate());
  }

  /** The newest revocation list, made now if there is none. */
  public RevocationList revocations() throws IOException {
    var newest = store.revocations();
    return newest.isPresent() ? newest.get() : renewRevocations(Instant.now());
  }

  /** Signs the revocation list anew, with nothing new in it. */
  public RevocationList renewRevocations(Instant now) throws IOException {
    return store.revoke(authority, entry -> false, now);
  }

  /**
   * Agents that have had certificates of which none counts any more: they were revoked, or have
   * ended.
   */
  public Set<AgentId> formerAgents(RevocationList list, Instant now) throws IOException {
    Set<AgentId> former = new TreeSet<>();
    Set<AgentId> present = new TreeSet<>();
    for (LedgerEntry entry : store.enrolments(any -> true)) {
      boolean counts = !entry.validity().hasEnded(now) && !list.contains(entry.serial());
      (counts ? present : former).add(entry.agent());
    }
    former.removeAll(present);
    return former;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    authority.close();
  }
}
