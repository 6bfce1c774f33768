package io.covey.crypto.identity;

import io.covey.crypto.identity.KeyDocument.Kind;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keys in files: written whole, for their owner only, and never over another file; read only while
 * nobody else could. On a file system without POSIX permissions, reading logs a warning instead.
 *
 * <p>All methods may block, and throw {@link IdentityFileException}, or another {@link IOException}
 * that the file system gives. Thread-safe.
 */
public final class IdentityFiles {
  /** The authority's private key. */
  public static final String AUTHORITY_KEY = "authority.key";

  /** Public: both public keys. */
  public static final String AUTHORITY_PUBLIC = "authority.pub";

  /** The coordinator's private key. */
  public static final String COORDINATOR_KEY = "coordinator.key";

  private static final String FLEET = "fleet";
  private static final String PRIVATE_KEY = "private-key";
  private static final String AUTHORITY_PUBLIC_KEY = "authority-public-key";
  private static final String COORDINATOR_PUBLIC_KEY = "coordinator-public-key";

  private static final String RELEASE_ROOT = "release-root";

  private IdentityFiles() {}

  /** Which of the files of an authority is in {@code directory}, if any. */
  public static Optional<Path> anyIn(Path directory) {
    return List.of(AUTHORITY_KEY, AUTHORITY_PUBLIC, COORDINATOR_KEY).stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .findFirst();
  }

  /**
   * Writes {@link #AUTHORITY_KEY}, {@link #COORDINATOR_KEY} and {@link #AUTHORITY_PUBLIC}, making
   * the directory where it is missing. Of two writers at once, one is refused.
   *
   * @throws IdentityFileException if one of them is there already
   */
  public static void writeAuthority(
      Path directory, FleetAuthority authority, CoordinatorIdentity coordinator)
      throws IOException {
    FleetTrust trust = coordinator.trust();
    if (!trust.authorityKey().equals(authority.publicKey())) {
      throw new IllegalArgumentException("the coordinator trusts another authority");
    }
    Optional<Path> present = anyIn(directory);
    if (present.isPresent()) {
      throw new IdentityFileException(
          present.get(), "is there already and is not overwritten; choose another directory");
    }
    OwnerOnlyFiles.makeDirectory(directory);
    write(
        directory.resolve(AUTHORITY_KEY),
        Access.SECRET,
        new KeyDocument(Kind.AUTHORITY_KEY)
            .with(FLEET, authority.fleet().value())
            .with(PRIVATE_KEY, authority.privateKey()));
    write(
        directory.resolve(COORDINATOR_KEY),
        Access.SECRET,
        new KeyDocument(Kind.COORDINATOR_KEY)
            .with(FLEET, coordinator.fleet().value())
            .with(PRIVATE_KEY, coordinator.signingKey()));
    write(
        directory.resolve(AUTHORITY_PUBLIC),
        Access.PUBLIC,
        withTrust(new KeyDocument(Kind.AUTHORITY_PUBLIC), trust));
  }

  /** From {@link #AUTHORITY_PUBLIC}. */
  public static FleetTrust readTrust(Path directory) throws IOException {
    return read(directory.resolve(AUTHORITY_PUBLIC), Kind.AUTHORITY_PUBLIC, IdentityFiles::trustIn);
  }

  /**
   * Notes in {@link #AUTHORITY_PUBLIC} which root of releases agents are given that enrol from now
   * on.
   */
  public static void pinReleaseRoot(Path directory, Sha256 root) throws IOException {
    FleetTrust trust = readTrust(directory).withReleaseRoot(Optional.of(root));
    replace(
        directory.resolve(AUTHORITY_PUBLIC),
        Access.PUBLIC,
        withTrust(new KeyDocument(Kind.AUTHORITY_PUBLIC), trust));
  }

  /** From {@link #AUTHORITY_KEY}, which must be that of {@link #AUTHORITY_PUBLIC}. */
  public static FleetAuthority readAuthority(Path directory, Signer signer) throws IOException {
    FleetTrust trust = readTrust(directory);
    return read(
        directory.resolve(AUTHORITY_KEY),
        Kind.AUTHORITY_KEY,
        document -> {
          requireFleet(document, trust.fleet());
          FleetAuthority authority =
              new FleetAuthority(trust.fleet(), document.secret(PRIVATE_KEY), signer);
          if (!authority.publicKey().equals(trust.authorityKey())) {
            throw new IllegalArgumentException("it is not the key of " + AUTHORITY_PUBLIC);
          }
          return authority;
        });
  }

  /** From {@link #COORDINATOR_KEY} and {@link #AUTHORITY_PUBLIC}; nothing else need be there. */
  public static CoordinatorIdentity readCoordinator(Path directory, Signer signer)
      throws IOException {
    FleetTrust trust = readTrust(directory);
    return read(
        directory.resolve(COORDINATOR_KEY),
        Kind.COORDINATOR_KEY,
        document -> {
          requireFleet(document, trust.fleet());
          return new CoordinatorIdentity(document.secret(PRIVATE_KEY), trust, signer);
        });
  }

  private static KeyDocument withTrust(KeyDocument document, FleetTrust trust) {
    trust.releaseRoot().ifPresent(root -> document.with(RELEASE_ROOT, root.hex()));
    return document
        .with(FLEET, trust.fleet().value())
        .with(AUTHORITY_PUBLIC_KEY, trust.authorityKey())
        .with(COORDINATOR_PUBLIC_KEY, trust.coordinatorKey());
  }

  private static FleetTrust trustIn(KeyDocument document) {
    return new FleetTrust(
        new FleetId(document.text(FLEET)),
        document.octets(AUTHORITY_PUBLIC_KEY),
        document.octets(COORDINATOR_PUBLIC_KEY),
        document.optionalText(RELEASE_ROOT).map(Sha256::new));
  }

  private static void requireFleet(KeyDocument document, FleetId fleet) {
    if (!document.text(FLEET).equals(fleet.value())) {
      throw new IllegalArgumentException("it is for another fleet than " + AUTHORITY_PUBLIC);
    }
  }

  /** Writes a new file that is not an authority's or coordinator's of this class. */
  public static void create(Path file, Access access, KeyDocument document) throws IOException {
    write(file, access, document);
  }

  /** Writes a file that may be there already: then it has either content whole. */
  public static void replace(Path file, Access access, KeyDocument document) throws IOException {
    byte[] content = new byte[0];
    try (document) {
      content = document.toJson();
      OwnerOnlyFiles.replace(file, content, access);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static void write(Path file, Access access, KeyDocument document) throws IOException {
    byte[] content = new byte[0];
    try (document) {
      content = document.toJson();
      OwnerOnlyFiles.create(file, content, access);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static <T> T read(Path file, Kind kind, Function<KeyDocument, T> reading)
      throws IOException {
    return read(
        file, kind.equals(Kind.AUTHORITY_PUBLIC) ? Access.PUBLIC : Access.SECRET, kind, reading);
  }

  /**
   * What a file stands for.
   *
   * @param reading may throw {@link IllegalArgumentException}, which names no secret
   */
  public static <T> T read(Path file, Access access, Kind kind, Function<KeyDocument, T> reading)
      throws IOException {
    byte[] content = OwnerOnlyFiles.read(file, access);
    try (KeyDocument document = KeyDocument.parse(kind, content)) {
      return document.readAs(reading);
    } catch (MalformedDocumentException e) {
      throw new IdentityFileException(file, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      // The checks of values name lengths and public facts, never what a secret is.
      throw new IdentityFileException(file, "cannot be used: " + e.getMessage());
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }
}
