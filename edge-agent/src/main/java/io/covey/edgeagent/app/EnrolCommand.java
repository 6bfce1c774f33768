package io.covey.edgeagent.app;

import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.Membership;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey agent enrol}: makes this device's keys, and has them certified. */
@Command(
    name = "enrol",
    description = {
      "Make this device's keys and enrol with a join token from `covey authority token`. The keys"
          + " stay in DIR/identity, for their owner only."
    },
    footer = {
      "%nExamples:",
      "  covey agent enrol - --data /var/lib/covey-agent < kitchen.token",
      "  covey agent enrol covey1.AQ... --data covey-agent"
    })
final class EnrolCommand implements CoveyCommand {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "TOKEN",
      description =
          "The join token, or - to read it from standard input, where other users do not see it.")
  private String token = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "covey-agent",
      description = "The agent's data directory (default ${DEFAULT-VALUE}).")
  private Path data = Path.of("");

  @Override
  public Integer call() throws InterruptedException {
    try (JoinToken parsed = JoinToken.parse(token.equals("-") ? standardInput() : token)) {
      Path identity = data.resolve("identity");
      if (MembershipKeeper.files(identity).hasMembership()) {
        throw CommandFailedException.usage(
            identity + " holds a membership already",
            "renewal is automatic; to enrol as another agent, choose another --data");
      }
      Membership membership = AgentMembership.enrol(identity, parsed);
      spec.commandLine()
          .getOut()
          .printf(
              "enrolled as %s of fleet %s until %s; broker %s%n",
              membership.agent(),
              membership.fleet(),
              membership.certificates().facts().validity().notAfter(),
              membership.broker());
      spec.commandLine().getOut().flush();
      return ExitCode.DONE.code();
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailedException.failed(
              String.valueOf(e.getMessage()), "see `covey agent enrol --help`")
          .causedBy(e);
    }
  }

  private static String standardInput() throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String line = reader.readLine();
    return line == null ? "" : line;
  }
}
