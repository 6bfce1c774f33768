package io.covey.coordinator.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.audit.AuditCheck;
import io.covey.coordinator.audit.AuditCheck.Report;
import io.covey.coordinator.audit.AuditEntry;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.audit.AuditHead;
import io.covey.coordinator.audit.BrokenLogException;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey audit}: what was done to a fleet and by it. */
@Command(
    name = "audit",
    description = "Check and show the audit logs of coordinators and issuing authorities.",
    subcommands = {AuditCommand.Verify.class, AuditCommand.Show.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey audit verify covey-data --trust covey-data/authority",
      "  covey audit verify authority --trust authority --head 17:5b0c...",
      "  covey audit show covey-data --event ROUND_FAILED"
    })
public final class AuditCommand implements CoveyCommand {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do: covey audit verify");
  }

  /** Which log, and what it is held to. */
  static final class Log {
    @Parameters(
        paramLabel = "LOG",
        description = "The file, or the directory of a coordinator or an authority with its log.")
    private Path log = Path.of("");

    @Option(
        names = "--trust",
        paramLabel = "DIR",
        description =
            "Where authority.pub is: the log has to be signed by the coordinator or the authority"
                + " in it. Without it, the log's word is taken for whose it is.")
    private @Nullable Path trust;

    private Path file() {
      return Files.isDirectory(log) ? log.resolve(AuditFile.NAME) : log;
    }

    private Set<Octets> keys() throws IOException {
      if (trust == null) {
        return Set.of();
      }
      FleetTrust fleet = IdentityFiles.readTrust(trust);
      return Set.of(fleet.coordinatorKey(), fleet.authorityKey());
    }

    private static CommandFailedException noSuch(NoSuchFileException e) {
      return CommandFailedException.usage("there is no file " + e.getFile(), "name a log");
    }
  }

  /** {@code covey audit verify}. */
  @Command(
      name = "verify",
      description = {
        "Check every entry of a log: its place in the chain and its signature. Exit code 1 if it is"
            + " broken, with the first entry that does not fit."
      })
  static final class Verify implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Spec private CommandSpec spec;
    @Mixin private Log log = new Log();

    @Option(
        names = "--head",
        paramLabel = "N:DIGEST",
        description =
            "Where the log ended once, as this command or a coordinator that stopped has printed"
                + " it: nothing up to there may have changed or be gone.")
    private @Nullable String head;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
      AuditCheck check = new AuditCheck(new Ed25519(), log.keys(), expected());
      Map<Kind, Long> counts = new EnumMap<>(Kind.class);
      try {
        Report report =
            check.run(log.file(), entry -> counts.merge(entry.event().kind(), 1L, Long::sum));
        print(report, counts);
        return ExitCode.DONE.code();
      } catch (NoSuchFileException e) {
        throw Log.noSuch(e);
      } catch (BrokenLogException e) {
        if (json) {
          ObjectNode node = JSON.createObjectNode();
          node.put("intact", false).put("entry", e.entry()).put("detail", e.getMessage());
          spec.commandLine().getOut().println(node);
        }
        throw CommandFailedException.failed(
            String.valueOf(e.getMessage()),
            "keep the file as it is, and find out who could write it; a new log begins once it is"
                + " moved away");
      }
    }

    private Optional<AuditHead> expected() {
      try {
        return head == null ? Optional.empty() : Optional.of(AuditHead.parse(head));
      } catch (IllegalArgumentException e) {
        throw CommandFailedException.usage(
            "--head: " + e.getMessage(), "copy it as it was printed");
      }
    }

    private void print(Report report, Map<Kind, Long> counts) {
      PrintWriter out = spec.commandLine().getOut();
      String first = report.first().map(Object::toString).orElse("");
      String last = report.last().map(Object::toString).orElse("");
      if (json) {
        ObjectNode node = JSON.createObjectNode();
        node.put("intact", true).put("entries", report.head().entries());
        node.put("head", report.head().toString()).put("first", first).put("last", last);
        node.put("key", report.key().toHex()).put("keyTrusted", report.isKeyTrusted());
        ObjectNode events = node.putObject("events");
        counts.forEach((kind, count) -> events.put(kind.name(), count));
        out.println(node);
      } else {
        out.printf("%d entries from %s to %s, intact%n", report.head().entries(), first, last);
        out.printf("head %s%n", report.head());
        out.printf(
            "signed by %s%s%n",
            report.key().toHex(),
            report.isKeyTrusted() ? "" : " (not compared with a key that you trust: see --trust)");
        counts.forEach((kind, count) -> out.printf("%8d %s%n", count, kind));
      }
      out.flush();
    }
  }

  /** {@code covey audit show}. */
  @Command(name = "show", description = "Print the entries of a log, which is checked as it goes.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Log log = new Log();

    @Option(
        names = "--event",
        paramLabel = "EVENT",
        description = "Only these: ${COMPLETION-CANDIDATES}.")
    private @Nullable Set<Kind> kinds;

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      AuditCheck check = new AuditCheck(new Ed25519(), log.keys(), Optional.empty());
      try {
        var unused = check.run(log.file(), entry -> print(out, entry));
      } catch (NoSuchFileException e) {
        throw Log.noSuch(e);
      } catch (BrokenLogException e) {
        throw CommandFailedException.failed(
            String.valueOf(e.getMessage()), "the entries before it are as they were written");
      } finally {
        out.flush();
      }
      return ExitCode.DONE.code();
    }

    private void print(PrintWriter out, AuditEntry entry) {
      if (kinds == null || kinds.contains(entry.event().kind())) {
        StringBuilder details = new StringBuilder();
        entry
            .event()
            .details()
            .forEach((name, value) -> details.append("  ").append(name).append('=').append(value));
        out.printf(
            "%6d  %s  %-24s  %s%s%n",
            entry.number(), entry.at(), entry.event().kind(), entry.event().subject(), details);
      }
    }
  }
}
