package io.covey.coordinator.app;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey authority}: makes the keys of a fleet and enrols its agents, in files. */
@Command(
    name = "authority",
    description = {
      "Make the keys of a fleet, and enrol its agents.",
      "Run it on a machine that is not the coordinator's: whoever holds authority.key can enrol"
          + " participants. The coordinator gets authority.pub and coordinator.key, and an agent"
          + " its .identity file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey authority init --dir authority",
      "  covey authority enrol kitchen --dir authority --out kitchen.identity",
      "  covey authority show --dir authority --json",
      "  covey authority show kitchen.identity"
    })
public final class AuthorityCommand implements CoveyCommand {
  /** What comes as a file is replaced by hand, so it lasts. */
  private static final Duration FILE_LIFETIME = Duration.ofDays(3650);

  private final Signer signer = new Ed25519();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: covey authority init, enrol or show");
  }

  /** Makes the keys of a fleet. */
  @Command(
      name = "init",
      description = {
        "Make the authority's and the coordinator's keys: authority.key, authority.pub and"
            + " coordinator.key. Overwrites nothing."
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
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    FleetId fleet = id(FleetId::new, fleetName);
    RandomWords random = AesCtrRandomWords.fromSystemRandomness();
    try (FleetAuthority authority = FleetAuthority.generate(fleet, random, signer);
        CoordinatorIdentity coordinator = CoordinatorIdentity.generate(authority, random, signer)) {
      IdentityFiles.writeAuthority(directory, authority, coordinator);
      return print(new PublicFacts().with(coordinator.trust()).with("directory", directory), json);
    }
  }

  /** Makes an agent's keys. */
  @Command(
      name = "enrol",
      description = {
        "Make an agent's keys and certificate. Give the file to that agent, over a way that nobody"
            + " else can read, and keep no copy."
      })
  int enrol(
      @Parameters(paramLabel = "AGENT", description = "Name of the agent.") String agentName,
      @Option(
              names = "--dir",
              required = true,
              paramLabel = "DIR",
              description = "Where authority.key and authority.pub are.")
          Path directory,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Where the identity goes (default AGENT.identity); not overwritten.")
          @Nullable Path out,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    AgentId agent = id(AgentId::new, agentName);
    Path file = out == null ? Path.of(agent + IdentityFiles.AGENT_SUFFIX) : out;
    FleetTrust trust = IdentityFiles.readTrust(directory);
    try (FleetAuthority authority = IdentityFiles.readAuthority(directory, signer);
        AgentIdentity identity =
            authority.enrol(
                agent,
                Validity.from(Instant.now(), FILE_LIFETIME),
                trust.coordinatorKey(),
                AesCtrRandomWords.fromSystemRandomness())) {
      IdentityFiles.writeAgent(file, identity);
      return print(new PublicFacts().with(identity).with("file", file), json);
    }
  }

  /** Prints what may be known by everybody. */
  @Command(
      name = "show",
      description = "Print the public facts of an authority's directory or of an agent's file.")
  int show(
      @Parameters(arity = "0..1", paramLabel = "FILE", description = "An agent's identity.")
          @Nullable Path file,
      @Option(names = "--dir", paramLabel = "DIR", description = "Where authority.pub is.")
          @Nullable Path directory,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    if (directory != null && file == null) {
      return print(new PublicFacts().with(IdentityFiles.readTrust(directory)), json);
    }
    if (file != null && directory == null) {
      try (AgentIdentity identity = IdentityFiles.readAgent(file, signer)) {
        return print(new PublicFacts().with(identity), json);
      }
    }
    throw CommandFailedException.usage(
        "what to show is not clear", "give either --dir DIR or the FILE of an agent");
  }

  private static <T> T id(Function<String, T> maker, String name) {
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
