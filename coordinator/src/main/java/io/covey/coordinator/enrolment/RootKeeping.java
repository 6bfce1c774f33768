package io.covey.coordinator.enrolment;

import io.covey.coordinator.release.ReleaseFiles;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.RootShare;
import io.covey.crypto.identity.x509.RootShareFiles;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.RoleKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where the keys of a fleet's two roots go when they are made. */
public sealed interface RootKeeping {
  /** Makes the directories, before anything is written, and refuses one that holds a root's key. */
  void prepare() throws IOException;

  /** Whose keys make the first root of releases. */
  ReleaseFiles.RootHolders releaseHolders();

  /** Writes the root's key. */
  void write(FleetRoot root, RandomWords random, Signer signer) throws IOException;

  private static void prepare(Path directory, List<Path> files) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory);
    for (Path file : files) {
      if (Files.exists(file)) {
        throw new IdentityFileException(
            file, "is there already and is not overwritten; choose another directory");
      }
    }
  }

  /** All of it in one file each: for trials, and for whoever keeps it alone. */
  record OneFile(Path directory) implements RootKeeping {
    @Override
    public void prepare() throws IOException {
      RootKeeping.prepare(
          directory, List.of(directory.resolve(AuthorityFiles.ROOT_KEY), releaseKey()));
    }

    @Override
    public ReleaseFiles.RootHolders releaseHolders() {
      return ReleaseFiles.RootHolders.trial(releaseKey());
    }

    private Path releaseKey() {
      return directory.resolve(ReleaseFiles.TRIAL_ROOT_KEY);
    }

    @Override
    public void write(FleetRoot root, RandomWords random, Signer signer) throws IOException {
      AuthorityFiles.writeRoot(directory, root);
    }
  }

  /**
   * With several holders, of whom so many are needed: each gets a share of the root's key, and a
   * root key of releases of their own. The first root of releases holds for as long as the
   * authority's certificate, so that one meeting of the holders renews both.
   *
   * @param threshold 2 to the number of holders
   * @param directories of the holders, who may share one for the time being: 2 to {@value
   *     RoleKeys#MOST_KEYS}
   */
  record Shared(int threshold, List<Path> directories) implements RootKeeping {
    private static final Duration LIFETIME = FleetRoot.ISSUER_LIFETIME;

    public Shared {
      directories = List.copyOf(directories);
      int holders = directories.size();
      if (holders < 2 || holders > RoleKeys.MOST_KEYS) {
        throw new IllegalArgumentException(
            "%d holders of the root, expected 2 to %d".formatted(holders, RoleKeys.MOST_KEYS));
      }
      if (threshold < 2 || threshold > holders) {
        throw new IllegalArgumentException(
            "a threshold of %d for %d holders of the root, expected 2 to %d"
                .formatted(threshold, holders, holders));
      }
    }

    @Override
    public void prepare() throws IOException {
      List<Path> releaseKeys = releaseHolders().keyFiles();
      for (int i = 0; i < directories.size(); i++) {
        Path directory = directories.get(i);
        RootKeeping.prepare(
            directory, List.of(RootShareFiles.file(directory, i + 1), releaseKeys.get(i)));
      }
    }

    @Override
    public ReleaseFiles.RootHolders releaseHolders() {
      List<Path> files = new ArrayList<>();
      for (Path directory : directories) {
        files.add(directory.resolve(ReleaseFiles.rootKey(files.size() + 1)));
      }
      return new ReleaseFiles.RootHolders(threshold, files, LIFETIME);
    }

    @Override
    public void write(FleetRoot root, RandomWords random, Signer signer) throws IOException {
      List<RootShare> shares = RootShare.split(root, threshold, directories.size(), random, signer);
      try {
        for (RootShare share : shares) {
          RootShareFiles.write(directories.get(share.place() - 1), share);
        }
      } finally {
        shares.forEach(RootShare::close);
      }
    }
  }
}
