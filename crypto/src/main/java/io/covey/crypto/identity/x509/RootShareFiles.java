package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A root's key in files: whole in one, {@link AuthorityFiles#ROOT_KEY}, or in shares, {@code
 * root-1.share}, {@code root-2.share} and so on, each on a medium of its holder's. From shares it
 * is put together in memory and never written.
 *
 * <p>All methods may block, and overwrite nothing.
 */
public final class RootShareFiles {
  /** Ends the names of shares. */
  public static final String SUFFIX = ".share";

  private static final String FLEET = "fleet";
  private static final String CERTIFICATE = "certificate";
  private static final String PLACE = "place";
  private static final String THRESHOLD = "threshold";
  private static final String DIGESTS = "share-digests";
  private static final String SIGNATURE = "signature";
  private static final String VALUE = "share";

  private static final KeyDocument.Kind KIND =
      new KeyDocument.Kind(
          "covey-root-share",
          List.of(FLEET, CERTIFICATE, PLACE, THRESHOLD, DIGESTS, SIGNATURE),
          List.of(VALUE));

  private RootShareFiles() {}

  /** Where the share of a place lies. */
  public static Path file(Path directory, int place) {
    return directory.resolve("root-" + place + SUFFIX);
  }

  /** Writes a share, making the directory. */
  public static void write(Path directory, RootShare share) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory);
    RootSharing sharing = share.sharing();
    String digests = String.join("", sharing.digests().stream().map(Sha256::hex).toList());
    IdentityFiles.create(
        file(directory, share.place()),
        Access.SECRET,
        new KeyDocument(KIND)
            .with(FLEET, sharing.fleet().value())
            .with(CERTIFICATE, X509.der(sharing.root()))
            .with(PLACE, Integer.toString(share.place()))
            .with(THRESHOLD, Integer.toString(sharing.threshold()))
            .with(DIGESTS, digests)
            .with(SIGNATURE, sharing.signature())
            .with(VALUE, share.value()));
  }

  /** Reads what {@link #write} wrote; the caller's to close. */
  public static RootShare read(Path file, Signer signer) throws IOException {
    return IdentityFiles.read(
        file,
        Access.SECRET,
        KIND,
        document ->
            new RootShare(
                sharing(document), number(document, PLACE), document.secret(VALUE), signer));
  }

  private static RootSharing sharing(KeyDocument document) {
    return new RootSharing(
        new FleetId(document.text(FLEET)),
        X509.certificate(document.octets(CERTIFICATE)),
        number(document, THRESHOLD),
        digests(document.octets(DIGESTS).toBytes()),
        document.octets(SIGNATURE));
  }

  private static int number(KeyDocument document, String name) {
    String text = document.text(name);
    if (!text.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException("its %s is no number".formatted(name));
    }
    return Integer.parseInt(text);
  }

  private static List<Sha256> digests(byte[] all) {
    int size = Sha256.SIZE_BYTES;
    if (all.length % size != 0) {
      throw new IllegalArgumentException(
          "digests of %d bytes, expected a multiple of %d".formatted(all.length, size));
    }
    return IntStream.range(0, all.length / size)
        .mapToObj(i -> Sha256.fromBytes(Arrays.copyOfRange(all, i * size, (i + 1) * size)))
        .toList();
  }

  /**
   * The root whose key lies in these directories, whole or in enough shares.
   *
   * @param trusted the root that it has to be, where one is known
   * @return the caller's to close
   * @throws IdentityFileException naming the file that cannot be used
   * @throws IllegalArgumentException if what is there is too little, or does not belong together
   */
  public static FleetRoot readRoot(
      List<Path> directories, Optional<X509Certificate> trusted, Signer signer) throws IOException {
    List<Path> whole =
        directories.stream()
            .filter(directory -> Files.exists(directory.resolve(AuthorityFiles.ROOT_KEY)))
            .toList();
    List<Path> shares = directories.stream().flatMap(d -> sharesIn(d).stream()).toList();
    if (whole.isEmpty() && shares.isEmpty()) {
      throw new IllegalArgumentException(
          "there is neither %s nor a share of it in %s"
              .formatted(AuthorityFiles.ROOT_KEY, directories));
    }
    if (!whole.isEmpty() && whole.size() + shares.size() > 1) {
      throw new IllegalArgumentException(
          "there is more in %s than the one %s that it takes"
              .formatted(directories, AuthorityFiles.ROOT_KEY));
    }
    return whole.isEmpty()
        ? joined(shares, trusted, signer)
        : wholeIn(whole.get(0), trusted, signer);
  }

  private static FleetRoot wholeIn(Path directory, Optional<X509Certificate> trusted, Signer signer)
      throws IOException {
    FleetRoot root = AuthorityFiles.readRoot(directory, signer);
    boolean done = false;
    try {
      requireTrusted(directory.resolve(AuthorityFiles.ROOT_KEY), root.fingerprint(), trusted);
      done = true;
      return root;
    } finally {
      if (!done) {
        root.close();
      }
    }
  }

  private static FleetRoot joined(
      List<Path> files, Optional<X509Certificate> trusted, Signer signer) throws IOException {
    Map<Integer, Path> seen = new HashMap<>();
    List<RootShare> shares = new ArrayList<>();
    try {
      for (Path file : files) {
        RootShare share = read(file, signer);
        shares.add(share);
        requireTrusted(file, share.rootFingerprint(), trusted);
        requireTogether(file, share, files.get(0), shares.get(0));
        Path same = seen.put(share.place(), file);
        if (same != null) {
          throw new IllegalArgumentException(
              "share %d is there twice, as %s and %s".formatted(share.place(), same, file));
        }
      }
      return RootShare.join(shares, signer);
    } finally {
      shares.forEach(RootShare::close);
    }
  }

  private static void requireTrusted(Path file, Sha256 root, Optional<X509Certificate> trusted)
      throws IdentityFileException {
    Optional<Sha256> expected = trusted.map(FleetRoot::fingerprint);
    if (expected.isPresent() && !expected.get().equals(root)) {
      throw new IdentityFileException(
          file,
          "is of another root, %s, expected %s; take that fleet's medium away"
              .formatted(root, expected.get()));
    }
  }

  private static void requireTogether(Path file, RootShare share, Path firstFile, RootShare first)
      throws IdentityFileException {
    if (!share.sharing().equals(first.sharing())) {
      throw new IdentityFileException(
          file, "was not made together with %s; give shares of one making".formatted(firstFile));
    }
  }

  /** Looks for each possible name, so that it does not matter what else lies there. */
  private static List<Path> sharesIn(Path directory) {
    return IntStream.rangeClosed(1, RootSharing.MOST_SHARES)
        .mapToObj(place -> file(directory, place))
        .filter(Files::exists)
        .toList();
  }
}
