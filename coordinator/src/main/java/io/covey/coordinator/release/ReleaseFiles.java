package io.covey.coordinator.release;

import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.DocumentHeader;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RoleKeys;
import io.covey.crypto.release.RootDocument;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A coordinator's keys for releases in the directory {@link #DIRECTORY} beside its other keys:
 * {@code targets-1.key}, {@code snapshot-1.key}, {@code timestamp-1.key} and further numbers where
 * a role has several, {@code family-NAME.key}, and the roots {@code root-1.json}, {@code
 * root-2.json} and so on. All methods block.
 */
public final class ReleaseFiles {
  public static final String DIRECTORY = "release";

  /** A trial's only key of the root: to be kept away from everything. */
  public static final String TRIAL_ROOT_KEY = "release-root.key";

  private static final Duration TRIAL_LIFETIME = Duration.ofDays(3650);
  private static final List<Role> ONLINE = List.of(Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP);

  private final Path directory;
  private final Signer signer;

  /**
   * @param identity directory of the coordinator's keys
   */
  public ReleaseFiles(Path identity, Signer signer) {
    this.directory = identity.resolve(DIRECTORY);
    this.signer = signer;
  }

  /** Name of the root key of one holder of several, counted from 1. */
  public static String rootKey(int holder) {
    return "release-root-" + holder + ".key";
  }

  /** Whether there is a root. */
  public boolean exist() {
    return Files.exists(root(1));
  }

  public Path root(int version) {
    return directory.resolve("root-" + version + ".json");
  }

  public Path key(Role role, int number) {
    return directory.resolve(role.name().toLowerCase(Locale.ROOT) + "-" + number + ".key");
  }

  /** Makes one key for each online role that has none, and answers the public keys of all three. */
  public Map<Role, Octets> makeOnlineKeys(FleetId fleet, RandomWords random) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory);
    Map<Role, Octets> keys = new EnumMap<>(Role.class);
    for (Role role : ONLINE) {
      Path file = key(role, 1);
      try (KeyFile made =
          Files.exists(file)
              ? KeyFile.read(file, signer)
              : KeyFile.create(file, fleet, random, signer)) {
        keys.put(role, made.publicKey());
      }
    }
    return keys;
  }

  /**
   * Whose keys make the first root.
   *
   * @param threshold how many of them have to sign the next one
   * @param keyFiles where they go, one for each holder
   * @param lifetime how long the root holds
   */
  public record RootHolders(int threshold, List<Path> keyFiles, Duration lifetime) {
    public RootHolders {
      keyFiles = List.copyOf(keyFiles);
    }

    /** One key, which holds for ten years. */
    public static RootHolders trial(Path keyFile) {
      return new RootHolders(1, List.of(keyFile), TRIAL_LIFETIME);
    }
  }

  /**
   * Makes a root of one key, for trials, and the keys below it. Overwrites nothing.
   *
   * @param rootDirectory where the root's key goes
   */
  public void createTrial(FleetId fleet, Path rootDirectory, Instant now, RandomWords random)
      throws IOException {
    OwnerOnlyFiles.makeDirectory(rootDirectory);
    create(fleet, RootHolders.trial(rootDirectory.resolve(TRIAL_ROOT_KEY)), now, random);
  }

  /**
   * Makes the first root, signed by all its holders' keys, and the keys below it. Overwrites
   * nothing.
   */
  public void create(FleetId fleet, RootHolders holders, Instant now, RandomWords random)
      throws IOException {
    Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);
    makeOnlineKeys(fleet, random)
        .forEach((role, key) -> roles.put(role, new RoleKeys(1, List.of(key))));
    List<KeyFile> rootKeys = new ArrayList<>();
    try {
      for (Path file : holders.keyFiles()) {
        rootKeys.add(KeyFile.create(file, fleet, random, signer));
      }
      roles.put(
          Role.ROOT,
          new RoleKeys(holders.threshold(), rootKeys.stream().map(KeyFile::publicKey).toList()));
      DocumentHeader header =
          new DocumentHeader(
              fleet, 1, now.getEpochSecond(), now.plus(holders.lifetime()).getEpochSecond());
      RootFile unsigned = RootFile.unsigned(new RootDocument(header, roles));
      List<SecretBytes> secrets = rootKeys.stream().map(KeyFile::secret).toList();
      new RootFile(unsigned.signed().andSign(secrets, signer), unsigned.document()).create(root(1));
    } finally {
      rootKeys.forEach(KeyFile::close);
    }
  }

  /** Puts a root in its place, if it follows those that are there and these keys are enough. */
  public void install(RootFile root) throws IOException {
    int version = Math.toIntExact(root.document().header().version());
    List<Octets> roots = roots();
    if (version != roots.size() + 1) {
      throw new IdentityFileException(
          root(version), "would not follow: there are " + roots.size() + " roots");
    }
    roots.add(root.signed().encode());
    try (ReleaseKeys checked = keys(root.document().header().fleet(), roots)) {
      OwnerOnlyFiles.makeDirectory(directory);
      root.create(root(Math.toIntExact(checked.root().header().version())));
    }
  }

  /**
   * All keys and roots; the caller's to close.
   *
   * @throws IdentityFileException if they do not belong together, or are too few
   */
  public ReleaseKeys read(FleetId fleet) throws IOException {
    return keys(fleet, roots());
  }

  private List<Octets> roots() throws IOException {
    List<Octets> roots = new ArrayList<>();
    for (int version = 1; Files.exists(root(version)); version++) {
      roots.add(RootFile.read(root(version)).signed().encode());
    }
    return roots;
  }

  private ReleaseKeys keys(FleetId fleet, List<Octets> roots) throws IOException {
    Map<Role, List<SecretBytes>> online = new EnumMap<>(Role.class);
    boolean done = false;
    try {
      for (Role role : ONLINE) {
        List<SecretBytes> ofRole = online.computeIfAbsent(role, key -> new ArrayList<>());
        for (int number = 1; Files.exists(key(role, number)); number++) {
          ofRole.add(KeyFile.read(key(role, number), signer).secret());
        }
      }
      ReleaseKeys keys = new ReleaseKeys(roots, online, new FamilyFiles(fleet), signer);
      if (!keys.fleet().equals(fleet)) {
        throw new IllegalArgumentException(
            "the root is for fleet " + keys.fleet() + ", expected " + fleet);
      }
      done = true;
      return keys;
    } catch (IllegalArgumentException e) {
      throw new IdentityFileException(directory, "cannot be used: " + e.getMessage());
    } finally {
      if (!done) {
        online.values().forEach(secrets -> secrets.forEach(SecretBytes::wipe));
      }
    }
  }

  /** One file for each family, made when its first model is released. */
  private final class FamilyFiles implements ReleaseKeys.FamilyKeys {
    private final FleetId fleet;
    private final Map<ModelName, SecretBytes> keys = new HashMap<>();

    FamilyFiles(FleetId fleet) {
      this.fleet = fleet;
    }

    @Override
    public synchronized SecretBytes of(ModelName family) {
      return keys.computeIfAbsent(family, this::readOrMake);
    }

    private SecretBytes readOrMake(ModelName family) {
      Path file = directory.resolve("family-" + family + ".key");
      try {
        return Files.exists(file)
            ? KeyFile.read(file, signer).secret()
            : KeyFile.create(file, fleet, AesCtrRandomWords.fromSystemRandomness(), signer)
                .secret();
      } catch (IOException e) {
        throw new UncheckedIOException("the key of the family " + family, e);
      }
    }

    @Override
    public synchronized void close() {
      keys.values().forEach(SecretBytes::wipe);
    }
  }
}
