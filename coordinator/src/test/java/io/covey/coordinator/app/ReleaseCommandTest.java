package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.coordinator.release.ReleaseFiles;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.crypto.release.Role;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A root that three people hold, from its first keys to its replacement. */
class ReleaseCommandTest {
  private static final FleetId BARN = new FleetId("barn");

  @TempDir private Path temporary;

  private Path identity;
  private String[] holders;
  private JsonNode online;

  @BeforeEach
  void makeKeys() throws IOException {
    identity = temporary.resolve("identity");
    run(new AuthorityCommand(), "init", "--fleet", "barn", "--dir", identity.toString());
    Files.move(identity.resolve("release"), temporary.resolve("trial"));
    holders = new String[] {key("ana"), key("ben"), key("cleo"), key("dora")};
    online =
        json(
            run(
                new ReleaseCommand(),
                "online",
                "--dir",
                identity.toString(),
                "--fleet",
                "barn",
                "--json"));
  }

  private static String run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    assertThat(line.execute(arguments)).as(err.toString()).isZero();
    return out.toString().strip();
  }

  private static String failure(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(new ReleaseCommand()).setErr(new PrintWriter(err));
    assertThat(line.execute(arguments)).isNotZero();
    return err.toString();
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  private String file(String name) {
    return temporary.resolve(name).toString();
  }

  private String key(String holder) throws IOException {
    String made =
        run(new ReleaseCommand(), "key", file(holder + ".key"), "--fleet", "barn", "--json");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(temporary.resolve(holder + ".key"))))
        .isEqualTo("rw-------");
    return json(made).path("publicKey").asText();
  }

  private void makeFirst() {
    List<String> arguments =
        new ArrayList<>(
            List.of("root", file("root-1.json"), "--fleet", "barn", "--root-keys", "2"));
    for (int i = 0; i < 3; i++) {
      arguments.addAll(List.of("--root", holders[i]));
    }
    for (String role : List.of("targets", "snapshot", "timestamp")) {
      arguments.addAll(List.of("--" + role, online.path(role).asText()));
    }
    run(new ReleaseCommand(), arguments.toArray(String[]::new));
  }

  private JsonNode sign(String root, String holder) throws IOException {
    return json(
        run(new ReleaseCommand(), "sign", file(root), "--key", file(holder + ".key"), "--json"));
  }

  @Test
  void aRootOfTwoOutOfThreeCountsOnceTwoHaveSignedItOneAfterTheOther() throws IOException {
    makeFirst();
    assertThat(sign("root-1.json", "ana").path("signedByEnough").asText()).isEqualTo("false");
    assertThat(failure("install", file("root-1.json"), "--dir", identity.toString()))
        .contains("1 valid signatures, expected 2");
    assertThat(sign("root-1.json", "dora").path("signedByEnough").asText()).isEqualTo("false");
    assertThat(sign("root-1.json", "cleo").path("signedByEnough").asText()).isEqualTo("true");

    JsonNode installed =
        json(
            run(
                new ReleaseCommand(),
                "install",
                file("root-1.json"),
                "--dir",
                identity.toString(),
                "--json"));
    assertThat(installed.path("rootKeys").asText()).isEqualTo("2 of 3");
    assertThat(IdentityFiles.readTrust(identity).releaseRoot().orElseThrow().hex())
        .isEqualTo(installed.path("firstRoot").asText());
    assertThat(failure("install", file("root-1.json"), "--dir", identity.toString()))
        .contains("would not follow");
  }

  @Test
  void aRootIsReplacedBySignaturesOfOldAndNewKeys() throws IOException {
    makeFirst();
    sign("root-1.json", "ana");
    sign("root-1.json", "ben");
    run(new ReleaseCommand(), "install", file("root-1.json"), "--dir", identity.toString());
    run(
        new ReleaseCommand(),
        "root",
        file("root-2.json"),
        "--replacing",
        file("root-1.json"),
        "--root",
        holders[1],
        "--root",
        holders[3]);
    sign("root-2.json", "dora");
    sign("root-2.json", "ben");
    assertThat(failure("install", file("root-2.json"), "--dir", identity.toString()))
        .contains("does not follow");
    assertThat(show2().path("signedByTheOneBefore").asText()).isEqualTo("false");
    sign("root-2.json", "cleo");
    assertThat(show2().path("signedByTheOneBefore").asText()).isEqualTo("true");
    run(new ReleaseCommand(), "install", file("root-2.json"), "--dir", identity.toString());
    try (ReleaseKeys keys = new ReleaseFiles(identity, new Ed25519()).read(BARN)) {
      assertThat(keys.root().header().version()).isEqualTo(2);
      assertThat(keys.root().keys(Role.ROOT).threshold()).isEqualTo(2);
      assertThat(keys.roots()).hasSize(2);
      assertThat(keys.isRoot(IdentityFiles.readTrust(identity).releaseRoot().orElseThrow()))
          .isTrue();
    }
  }

  private JsonNode show2() throws IOException {
    return json(
        run(
            new ReleaseCommand(),
            "show",
            file("root-2.json"),
            "--after",
            file("root-1.json"),
            "--json"));
  }

  @Test
  void whatCannotBeARootIsRefused() {
    assertThat(failure("root", file("x.json"), "--root", holders[0]))
        .contains("no keys of the role targets");
    makeFirst();
    assertThat(
            failure("root", file("y.json"), "--replacing", file("root-1.json"), "--root-keys", "4"))
        .contains("threshold 4, expected 1 to 3");
    assertThat(failure("sign", file("root-1.json"), "--key", file("nobody.key")))
        .contains("is not there");
  }
}
