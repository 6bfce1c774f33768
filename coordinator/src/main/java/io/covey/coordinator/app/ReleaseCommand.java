package io.covey.coordinator.app;

import io.covey.coordinator.release.KeyFile;
import io.covey.coordinator.release.ReleaseFiles;
import io.covey.coordinator.release.RootFile;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RoleKeys;
import io.covey.crypto.release.RootDocument;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey release}: the roots that devices check releases from, in files. */
@Command(
    name = "release",
    description = {
      "Make, sign, replace and show the root of a fleet's signed releases.",
      "A root says which keys release models, and how many of each have to sign. Its own keys stay"
          + " offline, each with another holder; a root file goes from one to the next, and every"
          + " one signs it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey release key ana.key --fleet home",
      "  covey release online --dir identity --fleet home",
      "  covey release root root-1.json --fleet home --root-keys 2 \\",
      "      --root PUB --root PUB --root PUB --targets PUB --snapshot PUB --timestamp PUB",
      "  covey release sign root-1.json --key ana.key",
      "  covey release show root-2.json --after root-1.json",
      "  covey release install root-1.json --dir identity",
      "  covey release root root-2.json --replacing root-1.json --root PUB --root PUB --root-keys 2"
    })
public final class ReleaseCommand implements CoveyCommand {
  private static final String KEY_HELP = "Public key in hex, as `covey release key` prints it.";

  private final Signer signer = new Ed25519();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: covey release key, online, root, sign, show or install");
  }

  /** Makes one key. */
  @Command(
      name = "key",
      description = "Make a key of the root, in a file that its holder keeps, and print its half.")
  int key(
      @Parameters(paramLabel = "FILE", description = "Where the key goes; not overwritten.")
          Path file,
      @Option(names = "--fleet", paramLabel = "NAME", defaultValue = "home") String fleet,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    FleetId id = AuthorityCommand.id(FleetId::new, fleet);
    try (KeyFile made =
        KeyFile.create(file, id, AesCtrRandomWords.fromSystemRandomness(), signer)) {
      return print(new PublicFacts().with("publicKey", made.publicKey()).with("file", file), json);
    }
  }

  /** Makes the coordinator's keys. */
  @Command(
      name = "online",
      description =
          "Make the coordinator's keys of targets, snapshot and timestamp where there are none, and"
              + " print their public halves.")
  int online(
      @Option(
              names = "--dir",
              required = true,
              paramLabel = "DIR",
              description = "The coordinator's identity.directory.")
          Path directory,
      @Option(names = "--fleet", paramLabel = "NAME", defaultValue = "home") String fleet,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    FleetId id = AuthorityCommand.id(FleetId::new, fleet);
    PublicFacts facts = new PublicFacts();
    new ReleaseFiles(directory, signer)
        .makeOnlineKeys(id, AesCtrRandomWords.fromSystemRandomness())
        .forEach((role, publicKey) -> facts.with(name(role), publicKey));
    return print(facts, json);
  }

  /** What a new root says; what is left out is as in the root that it replaces. */
  static final class Contents {
    @Option(names = "--root", paramLabel = "PUB", description = KEY_HELP)
    private @Nullable List<String> root;

    @Option(
        names = "--root-keys",
        paramLabel = "N",
        description = "How many of the root's keys have to sign.")
    private @Nullable Integer rootThreshold;

    @Option(names = "--targets", paramLabel = "PUB", description = KEY_HELP)
    private @Nullable List<String> targets;

    @Option(names = "--targets-keys", paramLabel = "N", description = "How many have to sign.")
    private @Nullable Integer targetsThreshold;

    @Option(names = "--snapshot", paramLabel = "PUB", description = KEY_HELP)
    private @Nullable List<String> snapshot;

    @Option(names = "--timestamp", paramLabel = "PUB", description = KEY_HELP)
    private @Nullable List<String> timestamp;

    @Option(
        names = "--days",
        paramLabel = "DAYS",
        defaultValue = "365",
        description = "How long it holds (default ${DEFAULT-VALUE}).")
    private int days = 365;

    RootDocument document(FleetId fleet, @Nullable RootDocument before, Instant now) {
      RootDraft draft = new RootDraft(fleet, before, now, days);
      return draft
          .keys(Role.ROOT, root, rootThreshold)
          .keys(Role.TARGETS, targets, targetsThreshold)
          .keys(Role.SNAPSHOT, snapshot, null)
          .keys(Role.TIMESTAMP, timestamp, null)
          .document();
    }
  }

  /** Makes a root that nobody has signed. */
  @Command(
      name = "root",
      description = "Make the first root of a fleet, or the next one. Nobody has signed it yet.")
  int root(
      @Parameters(paramLabel = "FILE", description = "Where the root goes; not overwritten.")
          Path file,
      @Option(
              names = "--replacing",
              paramLabel = "FILE",
              description = "The root before it, whose keys it keeps where none are given.")
          @Nullable Path before,
      @Option(names = "--fleet", paramLabel = "NAME", defaultValue = "home") String fleet,
      @ArgGroup(exclusive = false, heading = "What it says:%n") @Nullable Contents contents,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    RootDocument predecessor = before == null ? null : RootFile.read(before).document();
    FleetId id =
        predecessor == null
            ? AuthorityCommand.id(FleetId::new, fleet)
            : predecessor.header().fleet();
    try {
      Contents said = contents == null ? new Contents() : contents;
      RootFile made = RootFile.unsigned(said.document(id, predecessor, Instant.now()));
      made.create(file);
      return print(facts(made), json);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
          "no root can say that: " + e.getMessage(), "see `covey release root --help`");
    }
  }

  /** Adds signatures. */
  @Command(
      name = "sign",
      description = "Sign a root with one or more keys: look at it first, with `show`.")
  int sign(
      @Parameters(paramLabel = "FILE", description = "The root; gets the signatures.") Path file,
      @Option(
              names = "--key",
              required = true,
              paramLabel = "FILE",
              description = "A key from `covey release key`; may be given several times.")
          List<Path> keys,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    RootFile root = RootFile.read(file);
    for (Path path : keys) {
      try (KeyFile key = KeyFile.read(path, signer);
          SecretBytes secret = key.secret().copy()) {
        if (!key.fleet().equals(root.document().header().fleet())) {
          throw CommandFailedException.usage(
              path + " is a key of fleet " + key.fleet(),
              "sign with keys of fleet " + root.document().header().fleet());
        }
        root = new RootFile(root.signed().andSign(List.of(secret), signer), root.document());
      }
    }
    root.replace(file);
    return print(facts(root), json);
  }

  /** Prints what a root says and who has signed it. */
  @Command(
      name = "show",
      description = "Print what a root says, who has signed it, and whether that is enough.")
  int show(
      @Parameters(paramLabel = "FILE", description = "The root.") Path file,
      @Option(
              names = "--after",
              paramLabel = "FILE",
              description = "The root before it, whose keys have to sign as well.")
          @Nullable Path before,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    RootFile root = RootFile.read(file);
    PublicFacts facts = facts(root);
    if (before != null) {
      RoleKeys old = RootFile.read(before).document().keys(Role.ROOT);
      facts.with("signedByTheOneBefore", root.signed().isSignedBy(old, signer));
    }
    return print(facts, json);
  }

  /** Puts a root in its place. */
  @Command(
      name = "install",
      description = {
        "Check a root, and put it where the coordinator reads it at its next start.",
        "The first one is noted in authority.pub, for agents that enrol from then on: give that"
            + " file to the authority too."
      })
  int install(
      @Parameters(paramLabel = "FILE", description = "The root, with all signatures.") Path file,
      @Option(
              names = "--dir",
              required = true,
              paramLabel = "DIR",
              description = "The coordinator's identity.directory.")
          Path directory,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    RootFile root = RootFile.read(file);
    ReleaseFiles files = new ReleaseFiles(directory, signer);
    files.install(root);
    try (ReleaseKeys keys = files.read(root.document().header().fleet())) {
      if (root.document().header().version() == 1) {
        IdentityFiles.pinReleaseRoot(directory, keys.firstRoot());
      }
      return print(facts(root).with("firstRoot", keys.firstRoot()), json);
    }
  }

  private PublicFacts facts(RootFile root) {
    RootDocument document = root.document();
    PublicFacts facts =
        new PublicFacts()
            .with("fleet", document.header().fleet())
            .with("rootVersion", document.header().version())
            .with("expires", Instant.ofEpochSecond(document.header().expiresAtEpochSecond()));
    for (Role role : Role.values()) {
      RoleKeys keys = document.keys(role);
      facts.with(
          name(role) + "Keys", "%d of %d".formatted(keys.threshold(), keys.publicKeys().size()));
    }
    List<String> signed =
        document.keys(Role.ROOT).publicKeys().stream()
            .filter(key -> hasSigned(root, key))
            .map(Octets::toHex)
            .toList();
    return facts
        .with("signedBy", signed.isEmpty() ? "nobody" : String.join(" ", signed))
        .with("signedByEnough", root.signed().isSignedBy(document.keys(Role.ROOT), signer));
  }

  private boolean hasSigned(RootFile root, Octets key) {
    return root.signed().isSignedBy(new RoleKeys(1, List.of(key)), signer);
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private int print(PublicFacts facts, boolean json) {
    spec.commandLine().getOut().print(json ? facts.json() : facts.text());
    spec.commandLine().getOut().flush();
    return ExitCode.DONE.code();
  }
}
