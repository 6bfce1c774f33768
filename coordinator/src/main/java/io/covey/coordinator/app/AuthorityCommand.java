package io.covey.coordinator.app;

import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.RootKeeping;
import io.covey.coordinator.enrolment.TermsFile;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.RootShare;
import io.covey.crypto.identity.x509.RootShareFiles;
import io.covey.crypto.identity.x509.X509;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey authority}: makes the keys of a fleet, and lets devices into it. */
@Command(
    name = "authority",
    description = {
      "Make the keys of a fleet, and let devices into it and out of it.",
      "Run it on a machine that is not the coordinator's: whoever holds authority.key can enrol"
          + " participants. The coordinator gets authority.pub and coordinator.key, and a device"
          + " a join token; its own keys it makes itself."
    },
    subcommands = {
      AuthorityIssuing.Token.class,
      AuthorityIssuing.Revoke.class,
      AuthorityIssuing.Certify.class,
      AuthorityIssuing.Recertify.class,
      AuthorityIssuing.Serve.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey authority init --dir authority --root /media/safe --issuer covey.example:8463",
      "  covey authority init --dir authority --root-threshold 2 --root /media/ana \\",
      "      --root /media/ben --root /media/cleo",
      "  covey authority serve --dir authority --listen 0.0.0.0:8463",
      "  covey authority token --agent kitchen --dir authority",
      "  covey authority revoke kitchen --dir authority",
      "  covey authority certify broker --host broker.example --dir authority --out broker",
      "  covey authority show --dir authority --json",
      "  covey authority show /media/ben/root-2.share"
    })
public final class AuthorityCommand implements CoveyCommand {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: covey authority init or show, serve, token, revoke, certify");
  }

  /** Makes the keys of a fleet. */
  @Command(
      name = "init",
      description = {
        "Make the keys of root, authority and coordinator: root.key and root.crt; authority.key,"
            + " authority.pub and authority.crt; coordinator.key. Overwrites nothing.",
        "With --root-threshold, root-1.share, root-2.share and so on instead of root.key, each on"
            + " its holder's medium, with a key of the root of releases beside it."
      })
  int init(
      @Option(
              names = "--dir",
              required = true,
              paramLabel = "DIR",
              description = "Where the keys go; made when it is not there.")
          Path directory,
      @Option(
              names = "--fleet",
              paramLabel = "NAME",
              defaultValue = "home",
              description = "Name of the fleet (default ${DEFAULT-VALUE}).")
          String fleetName,
      @Mixin RootOptions rootOptions,
      @Option(
              names = "--issuer",
              paramLabel = "HOST:PORT",
              description =
                  "Where devices reach the issuing service; up to four (default localhost:8463).")
          @Nullable List<String> issuers,
      @Option(
              names = "--broker",
              paramLabel = "URI",
              description = "The broker that agents are told (default mqtts://localhost:8883).")
          @Nullable URI broker,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    FleetId fleet = id(FleetId::new, fleetName);
    RootKeeping roots = rootOptions.keeping(directory);
    FleetTrust trust = OpenAuthority.create(fleet, directory, roots, terms(issuers, broker));
    return print(
        new PublicFacts()
            .with(trust)
            .with(
                "rootFingerprint",
                Sha256.of(X509.der(AuthorityFiles.readTrustedRoot(directory)).toBytes()))
            .with("directory", directory)
            .with(roots),
        json);
  }

  private static TermsFile terms(@Nullable List<String> issuers, @Nullable URI broker) {
    TermsFile local = TermsFile.LOCAL;
    try {
      return new TermsFile(
          broker == null ? local.broker() : broker,
          issuers == null ? local.issuers() : issuers.stream().map(HostPort::parse).toList(),
          local.lifetime());
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
          String.valueOf(e.getMessage()), "see --issuer and --broker");
    }
  }

  /** Prints what may be known by everybody. */
  @Command(
      name = "show",
      description = {
        "Print the public facts of an authority's directory, or of a share of the root, which is"
            + " checked."
      })
  int show(
      @Parameters(arity = "0..1", paramLabel = "FILE", description = "A root-N.share.")
          @Nullable Path file,
      @Option(names = "--dir", paramLabel = "DIR", description = "Where authority.pub is.")
          @Nullable Path directory,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    if (directory != null && file == null) {
      return print(new PublicFacts().with(IdentityFiles.readTrust(directory)), json);
    }
    if (file != null && directory == null) {
      try (RootShare share = RootShareFiles.read(file, new Ed25519())) {
        return print(new PublicFacts().with(share), json);
      }
    }
    throw CommandFailedException.usage(
        "what to show is not clear", "give either --dir DIR, or the FILE of a share");
  }

  static <T> T id(Function<String, T> maker, String name) {
    try {
      return maker.apply(name);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), "choose another name");
    }
  }

  private int print(PublicFacts facts, boolean json) {
    spec.commandLine().getOut().print(json ? facts.json() : facts.text());
    spec.commandLine().getOut().flush();
    return ExitCode.DONE.code();
  }
}
