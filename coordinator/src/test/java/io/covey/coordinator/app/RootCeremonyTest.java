package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.release.RootFile;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.RootShareFiles;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RoleKeys;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A fleet whose root several people hold, in commands: founded, and certified again. */
class RootCeremonyTest {
  @TempDir private Path temporary;

  private record Outcome(int exitCode, String said) {}

  /** As the launcher does, with the exit code that a failure names. */
  private static Outcome outcome(Object command, List<String> arguments) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int exitCode =
        new CommandLine(command)
            .setOut(writer)
            .setErr(writer)
            .setExecutionExceptionHandler(
                (e, line, result) -> {
                  writer.print(e.getMessage());
                  return e instanceof CommandFailedException failed
                      ? failed.exitCode().code()
                      : ExitCode.FAILED.code();
                })
            .execute(arguments.toArray(String[]::new));
    return new Outcome(exitCode, said.toString().strip());
  }

  private Outcome authority(String... arguments) {
    return outcome(new AuthorityCommand(), Arrays.stream(arguments).map(this::placed).toList());
  }

  /** Paths begin with a percent sign where the temporary directory goes. */
  private String placed(String argument) {
    return argument.replace("%/", temporary + "/");
  }

  private Outcome initialised() {
    return authority(
        "init",
        "--fleet",
        "barn",
        "--dir",
        "%/authority",
        "--root-threshold",
        "2",
        "--root",
        "%/ana",
        "--root",
        "%/ben",
        "--root",
        "%/cleo",
        "--json");
  }

  private Outcome recertified(String... holders) {
    List<String> arguments = new ArrayList<>(List.of("recertify", "--dir", "%/authority"));
    for (String holder : holders) {
      arguments.addAll(List.of("--root", "%/" + holder));
    }
    return authority(arguments.toArray(String[]::new));
  }

  private Set<String> filesBelow(String directory) throws IOException {
    Path start = temporary.resolve(directory);
    if (!Files.exists(start)) {
      return Set.of();
    }
    Set<String> found = new HashSet<>();
    try (Stream<Path> files = Files.walk(start)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> found.add(start.relativize(file).toString()));
    }
    return found;
  }

  @Test
  void eachHolderGetsAShareAndAReleaseKeyAndNobodyTheRoot() throws Exception {
    Outcome made = initialised();
    assertThat(made.exitCode()).as(made.said()).isZero();
    assertThat(filesBelow("ana")).containsExactlyInAnyOrder("root-1.share", "release-root-1.key");
    assertThat(filesBelow("ben")).containsExactlyInAnyOrder("root-2.share", "release-root-2.key");
    assertThat(filesBelow("cleo")).containsExactlyInAnyOrder("root-3.share", "release-root-3.key");
    assertThat(filesBelow("authority"))
        .doesNotContain("root.key", "release-root.key")
        .contains("authority.key", "authority.crt", "coordinator.key", "release/root-1.json");
    for (String file : List.of("ana/root-1.share", "ana/release-root-1.key")) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve(file))))
          .isEqualTo("rw-------");
    }
    JsonNode facts = new ObjectMapper().readTree(made.said());
    assertThat(facts.get("rootThreshold").asText()).isEqualTo("2 of 3");
    requireTheKeyIsNowhere(facts.get("rootFingerprint").asText());
  }

  private void requireTheKeyIsNowhere(String fingerprint) throws Exception {
    try (FleetRoot root =
        RootShareFiles.readRoot(
            List.of(temporary.resolve("ana"), temporary.resolve("cleo")),
            Optional.empty(),
            new Ed25519())) {
      assertThat(root.fingerprint().hex()).isEqualTo(fingerprint);
      byte[] key = root.privateKey().reveal();
      String base64 = Base64.getEncoder().encodeToString(key);
      for (String file : filesBelow(".")) {
        byte[] content = Files.readAllBytes(temporary.resolve(file));
        assertThat(new String(content, StandardCharsets.ISO_8859_1))
            .as(file)
            .doesNotContain(base64)
            .doesNotContain(new String(key, StandardCharsets.ISO_8859_1));
      }
    }
  }

  @Test
  void anyTwoHoldersCertifyTheAuthorityAgainAndOneCannot() throws Exception {
    initialised();
    Path certificate = temporary.resolve("authority/authority.crt");
    String root = AuthorityFiles.readTrustedRoot(temporary.resolve("authority")).toString();
    Set<String> seen = new HashSet<>(Set.of(Files.readString(certificate)));
    for (String[] pair : new String[][] {{"ana", "ben"}, {"cleo", "ana"}, {"ben", "cleo"}}) {
      assertThat(recertified(pair)).isEqualTo(new Outcome(0, ""));
      assertThat(seen.add(Files.readString(certificate))).as("a new certificate").isTrue();
      OpenAuthority.open(temporary.resolve("authority")).close();
    }
    assertThat(AuthorityFiles.readTrustedRoot(temporary.resolve("authority")).toString())
        .isEqualTo(root);
    assertThat(filesBelow(".")).noneMatch(file -> file.endsWith("root.key"));

    String before = Files.readString(certificate);
    Outcome alone = recertified("ben");
    assertThat(alone.exitCode()).isEqualTo(ExitCode.USAGE.code());
    assertThat(alone.said())
        .contains("the root cannot certify: 1 of the shares (2), and it takes 2 of the 3");
    Outcome twice = recertified("ben", "ben");
    assertThat(twice.exitCode()).isEqualTo(ExitCode.USAGE.code());
    assertThat(twice.said()).contains("share 2 is there twice");
    assertThat(Files.readString(certificate)).isEqualTo(before);
  }

  @Test
  void aShareThatIsDamagedOrAnotherFleetsIsNamed() throws Exception {
    initialised();
    Outcome other =
        authority(
            "init",
            "--fleet",
            "barn",
            "--dir",
            "%/other",
            "--root-threshold",
            "2",
            "--root-shares",
            "3",
            "--root",
            "%/theirs");
    assertThat(other.exitCode()).as(other.said()).isZero();
    Outcome mixed = recertified("ana", "theirs");
    assertThat(mixed.exitCode()).isEqualTo(ExitCode.USAGE.code());
    assertThat(mixed.said()).contains("theirs/root-1.share is of another root");

    Path share = temporary.resolve("ben/root-2.share");
    String content = Files.readString(share);
    int value = content.indexOf("\"share\" : \"") + 11;
    char first = content.charAt(value);
    Files.writeString(
        share,
        content.substring(0, value) + (first == 'A' ? 'B' : 'A') + content.substring(value + 1));
    Outcome damaged = recertified("ana", "ben");
    assertThat(damaged.exitCode()).isEqualTo(ExitCode.USAGE.code());
    assertThat(damaged.said())
        .contains("ben/root-2.share cannot be used: its value is not that of share 2");
    assertThat(recertified("ana", "cleo").exitCode()).isZero();
  }

  @Test
  void aHolderChecksAShareAlone() throws Exception {
    JsonNode made = new ObjectMapper().readTree(initialised().said());
    Outcome shown = authority("show", "%/ben/root-2.share", "--json");
    assertThat(shown.exitCode()).as(shown.said()).isZero();
    JsonNode facts = new ObjectMapper().readTree(shown.said());
    assertThat(facts.get("rootFingerprint")).isEqualTo(made.get("rootFingerprint"));
    assertThat(facts.get("share").asText()).isEqualTo("2");
    assertThat(facts.get("threshold").asText()).isEqualTo("2 of 3");
    assertThat(facts.get("fleet").asText()).isEqualTo("barn");
  }

  @Test
  void theRootOfReleasesIsReplacedByTwoHoldersAndNotByOne() throws Exception {
    initialised();
    Path first = temporary.resolve("authority/release/root-1.json");
    RootFile root = RootFile.read(first);
    RoleKeys keys = root.document().keys(Role.ROOT);
    assertThat(keys.threshold()).isEqualTo(2);
    assertThat(keys.publicKeys()).hasSize(3);
    Path next = temporary.resolve("root-2.json");
    assertThat(release("root", next.toString(), "--replacing", first.toString()).exitCode())
        .isZero();
    String[] install = {"install", next.toString(), "--dir", placed("%/authority")};
    assertThat(sign(next, "ana/release-root-1.key").exitCode()).isZero();
    Outcome early = release(install);
    assertThat(early.exitCode()).isNotZero();
    assertThat(early.said()).contains("does not follow");
    assertThat(sign(next, "cleo/release-root-3.key").exitCode()).isZero();
    assertThat(release(install).exitCode()).isZero();
  }

  private Outcome sign(Path root, String key) {
    return release("sign", root.toString(), "--key", temporary.resolve(key).toString());
  }

  private static Outcome release(String... arguments) {
    return outcome(new ReleaseCommand(), List.of(arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--root %/a --root %/b",
        "--root-shares 3 --root %/a",
        "--root-threshold 2",
        "--root-threshold 2 --root-shares 3",
        "--root-threshold 2 --root %/a",
        "--root-threshold 2 --root-shares 17 --root %/a",
        "--root-threshold 2 --root-shares 2147483647 --root %/a",
        "--root-threshold 2 --root-shares -1 --root %/a",
        "--root-threshold 1 --root %/a --root %/b",
        "--root-threshold 0 --root %/a --root %/b",
        "--root-threshold 3 --root %/a --root %/b",
        "--root-threshold 2 --root %/a --root %/b --root-shares 3",
        "--root-threshold 2 --root %/a --root %/b --root %/b/../a",
        "--root-threshold two --root %/a --root %/b"
      })
  void holdersThatCannotBeAreRefusedBeforeAnythingIsMade(String options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("init", "--dir", "%/authority"));
    arguments.addAll(List.of(options.split(" ")));
    Outcome refused = authority(arguments.toArray(String[]::new));
    assertThat(refused.exitCode()).as(refused.said()).isEqualTo(ExitCode.USAGE.code());
    assertThat(filesBelow(".")).isEmpty();
  }

  @Test
  void aMediumThatHoldsARootsKeyAlreadyIsRefusedBeforeAnythingIsMade() throws Exception {
    Files.createDirectory(temporary.resolve("cleo"));
    Files.writeString(temporary.resolve("cleo/root-3.share"), "of another fleet");
    Outcome refused = initialised();
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.said()).contains("cleo/root-3.share is there already");
    assertThat(filesBelow(".")).containsExactly("cleo/root-3.share");
  }
}
