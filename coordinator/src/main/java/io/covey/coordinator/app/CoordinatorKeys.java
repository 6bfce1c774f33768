package io.covey.coordinator.app;

import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.TermsFile;
import io.covey.coordinator.release.ReleaseFiles;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the keys that the settings name. Makes an authority for trials when there is none, but only
 * in the data directory: whoever names another place has an authority.
 */
final class CoordinatorKeys {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorKeys.class);

  private CoordinatorKeys() {}

  /**
   * Reads or makes them.
   *
   * @throws CommandFailedException that says what to do
   */
  static CoordinatorIdentity of(CoordinatorSettings settings) {
    Path directory = settings.identityDirectory();
    Signer signer = new Ed25519();
    try {
      if (settings.identity().directory().isEmpty() && IdentityFiles.anyIn(directory).isEmpty()) {
        makeTrialAuthority(settings, directory);
      }
      CoordinatorIdentity identity = IdentityFiles.readCoordinator(directory, signer);
      if (!identity.fleet().equals(settings.fleet())) {
        throw CommandFailedException.usage(
            "the keys in " + directory + " are for fleet " + identity.fleet(),
            "set fleet to it, or identity.directory to the keys of fleet " + settings.fleet());
      }
      return withReleases(settings, identity, signer);
    } catch (IOException e) {
      throw CommandFailedException.usage(
              "the coordinator has no keys: " + e.getMessage(),
              "see identity.directory and `covey authority --help`")
          .causedBy(e);
    }
  }

  /** With the keys for releases, which are made for trials where there are none. */
  private static CoordinatorIdentity withReleases(
      CoordinatorSettings settings, CoordinatorIdentity identity, Signer signer)
      throws IOException {
    Path directory = settings.identityDirectory();
    ReleaseFiles files = new ReleaseFiles(directory, signer);
    FleetId fleet = identity.fleet();
    if (!files.exist() && identity.trust().releaseRoot().isPresent()) {
      throw new IdentityFileException(
          directory,
          "says in its "
              + IdentityFiles.AUTHORITY_PUBLIC
              + " that releases are signed, and has no root of releases: agents would take nothing."
              + " Restore its directory "
              + ReleaseFiles.DIRECTORY);
    }
    if (!files.exist() && settings.identity().directory().isPresent()) {
      LOG.warn(
          "there is no root of releases in {}: releases are not signed, and agents serve whatever"
              + " is said in the coordinator's name. See `covey release --help`",
          directory);
      return identity;
    }
    if (!files.exist()) {
      files.createTrial(fleet, directory, Instant.now(), AesCtrRandomWords.fromSystemRandomness());
      try (ReleaseKeys made = files.read(fleet)) {
        IdentityFiles.pinReleaseRoot(directory, made.firstRoot());
      }
      LOG.warn(
          "made a root of releases for trials in {}: whoever holds its {} decides what agents"
              + " serve. Agents that have enrolled before check no releases: enrol them again. See"
              + " `covey release --help`",
          directory,
          ReleaseFiles.TRIAL_ROOT_KEY);
    }
    ReleaseKeys keys = files.read(fleet);
    Optional<Sha256> pinned = identity.trust().releaseRoot();
    if (pinned.isPresent() && !keys.isRoot(pinned.get())) {
      keys.close();
      throw new IdentityFileException(
          directory,
          "has other roots of releases than agents are given: that of digest " + pinned.get());
    }
    return identity.withReleases(keys, signer);
  }

  /** Where agents find what these settings run, as far as that is known before it runs. */
  private static TermsFile trialTerms(CoordinatorSettings settings) {
    TermsFile local = TermsFile.LOCAL;
    return new TermsFile(
        settings.broker().toldToAgents().orElse(local.broker()),
        settings
            .issuingService()
            .filter(at -> at.port() != 0)
            .map(at -> List.of(new HostPort(settings.broker().firstHost(), at.port())))
            .orElse(local.issuers()),
        local.lifetime());
  }

  private static void makeTrialAuthority(CoordinatorSettings settings, Path directory)
      throws IOException {
    OpenAuthority.create(settings.fleet(), directory, directory, trialTerms(settings));
    LOG.warn(
        "made an authority for trials in {}: whoever holds its {} can enrol participants, and its"
            + " {} decides what agents serve. In production the authority belongs on another"
            + " machine; a coordinator needs only {} and {}",
        directory,
        IdentityFiles.AUTHORITY_KEY,
        ReleaseFiles.TRIAL_ROOT_KEY,
        IdentityFiles.AUTHORITY_PUBLIC,
        IdentityFiles.COORDINATOR_KEY);
  }
}
