package io.covey.protocols.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.settings.Setting;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class CoveyTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Fails as it is told to. */
  @Command(name = "fail", description = "Fails.", footer = "%nExample: covey fail --how usage")
  static final class Fail implements CoveyCommand {
    record Needed(@Setting(help = "Needed.") String name, @Setting(help = "Too.") int size) {}

    @Option(names = "--how")
    private String how = "";

    @Override
    public Integer call() throws Exception {
      switch (how) {
        case "usage" -> throw CommandFailedException.usage("a is not b", "give --b");
        case "failed" ->
            throw CommandFailedException.failed("port 80 is taken", "choose another with --port")
                .causedBy(new IOException("bind"));
        case "settings" -> SettingsLoader.load(Needed.class, Sources.none());
        case "file" -> throw new UncheckedIOException(new NoSuchFileException("/nowhere"));
        case "bug" -> throw new IllegalStateException("cannot be");
        default -> {
          return ExitCode.DONE.code();
        }
      }
      return ExitCode.FAILED.code();
    }
  }

  /** Must not be built when another command is asked for. */
  @Command(name = "heavy", description = "Costs a lot to build.")
  static final class Heavy implements CoveyCommand {
    static int built;

    Heavy() {
      built++;
    }

    @Override
    public Integer call() {
      return ExitCode.DONE.code();
    }
  }

  private record Given(Class<? extends CoveyCommand> type, Supplier<CoveyCommand> maker)
      implements ServiceLoader.Provider<CoveyCommand> {
    @Override
    public CoveyCommand get() {
      return maker.get();
    }
  }

  private CommandLine line(String... args) {
    return Covey.commandLine(
            List.of(new Given(Fail.class, Fail::new), new Given(Heavy.class, Heavy::new)), args)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err));
  }

  private int run(String... args) {
    return line(args).execute(args);
  }

  @Test
  void helpListsEveryCommandAndTheExitCodes() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("fail", "Fails.", "heavy", "--log-format", "Exit codes:", "2", "wrong usage");
  }

  @Test
  void helpOfACommandKeepsItsExampleAndAddsWhatIsCommon() {
    assertThat(run("fail", "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: covey fail", "Example: covey fail --how usage", "--log-level")
        .contains("Exit codes:");
  }

  @Test
  void versionNamesTheBuild() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("(?s)covey \\d+\\.\\d+\\.\\d+.*Java 1?\\d.*");
  }

  @Test
  void onlyTheCommandThatIsAskedForIsBuilt() {
    int before = Heavy.built;
    assertThat(run("fail")).isZero();
    assertThat(Heavy.built).isEqualTo(before);
    assertThat(run("heavy")).isZero();
    assertThat(Heavy.built).isEqualTo(before + 1);
  }

  @Test
  void anUnknownCommandIsAnsweredWithThoseThatThereAre() {
    assertThat(run("fial")).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no command 'fial'; there are fail, heavy", "covey --help");
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing");
  }

  @Test
  void unknownOptionsAndValuesAreWrongUsage() {
    assertThat(run("fail", "--hwo", "x")).isEqualTo(2);
    assertThat(run("fail", "--log-level", "loud")).isEqualTo(2);
    assertThat(err.toString()).contains("--hwo").contains("loud").contains("DEBUG");
  }

  @Test
  void anExpectedFailureIsOneLineWithTheRemedy() {
    assertThat(run("fail", "--how", "failed")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("covey fail: port 80 is taken; choose another with --port\n");
  }

  @Test
  void wrongArgumentsFoundByTheCommandExitWithUsage() {
    assertThat(run("fail", "--how", "usage")).isEqualTo(2);
  }

  @Test
  void everySettingsProblemIsShown() {
    assertThat(run("fail", "--how", "settings")).isEqualTo(2);
    assertThat(err.toString()).contains("2 problems").contains("name: ").contains("size: ");
  }

  @Test
  void aMissingFileIsNamedWithTheReason() {
    assertThat(run("fail", "--how", "file")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no file /nowhere");
  }

  @Test
  void aStackTraceIsShownOnlyWhenAskedFor() {
    assertThat(run("fail", "--how", "bug")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot be").contains("--verbose").doesNotContain("\tat ");
    assertThat(run("--verbose", "fail", "--how", "bug")).isEqualTo(1);
    assertThat(err.toString()).contains("\tat ");
  }

  @Test
  void aDebugLogAsksForTheStackTraceToo() {
    assertThat(run("fail", "--how", "bug", "--log-level", "debug")).isEqualTo(1);
    assertThat(err.toString()).contains("\tat ");
  }
}
