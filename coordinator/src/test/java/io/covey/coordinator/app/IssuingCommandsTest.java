package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.coordinator.enrolment.Issued;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.FleetId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An authority's life in commands: made, handing out tokens and certificates, revoking. */
class IssuingCommandsTest {
  private static final FleetId BARN = new FleetId("barn");

  @TempDir private Path temporary;

  private Path directory;
  private Path safe;
  private String made;

  private static String run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    assertThat(line.execute(arguments)).as(err.toString()).isZero();
    return out.toString().strip();
  }

  private static int exitCode(Object command, String... arguments) {
    return new CommandLine(command).setErr(new PrintWriter(new StringWriter())).execute(arguments);
  }

  @BeforeEach
  void init() {
    directory = temporary.resolve("authority");
    safe = temporary.resolve("safe");
    made =
        run(
            new AuthorityCommand(),
            "init",
            "--fleet",
            "barn",
            "--dir",
            directory.toString(),
            "--root",
            safe.toString(),
            "--issuer",
            "covey.example:8463",
            "--broker",
            "mqtts://broker.example:8883",
            "--json");
  }

  @Test
  void theRootsKeyLiesApartFromAllThatIsNeededEveryDay() throws Exception {
    assertThat(safe.resolve("root.key")).exists();
    assertThat(directory.resolve("root.key")).doesNotExist();
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(safe.resolve("root.key"))))
        .isEqualTo("rw-------");
    byte[] certificateBefore = Files.readAllBytes(directory.resolve("authority.crt"));
    run(
        new AuthorityCommand(),
        "recertify",
        "--dir",
        directory.toString(),
        "--root",
        safe.toString());
    assertThat(Files.readAllBytes(directory.resolve("authority.crt")))
        .isNotEqualTo(certificateBefore);
    OpenAuthority.open(directory).close();
  }

  @Test
  void aTokenNamesServiceAndRootAndLetsOneDeviceIn() throws Exception {
    String text =
        run(
            new AuthorityCommand(),
            "token",
            "--agent",
            "kitchen",
            "--dir",
            directory.toString(),
            "--expires",
            "2");
    SoftwareDeviceKeys keys =
        SoftwareDeviceKeys.generate(
            AesCtrRandomWords.fromSystemRandomness(),
            new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing()));
    try (JoinToken token = JoinToken.parse(text);
        OpenAuthority authority = OpenAuthority.open(directory)) {
      assertThat(token.addresses()).hasToString("[covey.example:8463]");
      assertThat(token.rootFingerprint().hex())
          .isEqualTo(new ObjectMapper().readTree(made).get("rootFingerprint").asText());
      assertThat(token.expiry()).isBetween(Instant.now(), Instant.now().plus(Duration.ofHours(2)));
      Issued issued =
          authority
              .desk()
              .enrol(
                  new EnrolmentApplication(
                      token.secret().copy(),
                      EnrolmentRequest.create(keys, JoinToken.hashOf(token.secret())).encoded()));
      assertThat(issued)
          .isInstanceOfSatisfying(
              Issued.Granted.class,
              granted -> {
                assertThat(granted.membership().agent()).hasToString("kitchen");
                assertThat(granted.membership().broker())
                    .hasToString("mqtts://broker.example:8883");
              });
    }
    assertThat(run(new AuthorityCommand(), "revoke", "kitchen", "--dir", directory.toString()))
        .isEqualTo("revoked 1 certificate(s) of kitchen");
    try (OpenAuthority authority = OpenAuthority.open(directory)) {
      RevocationList list = authority.revocations();
      assertThat(list.content().serials()).hasSize(1);
      assertThat(list.content().version()).isEqualTo(2);
    }
    assertThat(exitCode(new AuthorityCommand(), "revoke", "nobody", "--dir", directory.toString()))
        .isNotZero();
  }

  @Test
  void serversAndCoordinatorGetCertificatesOfTheirRoles() throws Exception {
    Path out = temporary.resolve("out");
    run(
        new AuthorityCommand(),
        "certify",
        "broker",
        "--host",
        "broker.example",
        "--host",
        "10.0.0.3",
        "--dir",
        directory.toString(),
        "--out",
        out.toString());
    run(
        new AuthorityCommand(),
        "certify",
        "coordinator",
        "--dir",
        directory.toString(),
        "--out",
        out.toString());
    TlsIdentity broker = AuthorityFiles.readMember(out, "broker");
    assertThat(MemberName.of(broker.own())).contains(MemberName.of(BARN, Role.BROKER));
    assertThat(broker.own().getSubjectAlternativeNames().toString())
        .contains("broker.example", "10.0.0.3");
    TlsIdentity coordinator = AuthorityFiles.readMember(out, "coordinator-tls");
    assertThat(coordinator.own().getSubjectX500Principal().getName())
        .contains("CN=" + ServerOptions.clientId(BARN));
    assertThat(exitCode(new AuthorityCommand(), "certify", "agent", "--dir", "d", "--out", "o"))
        .isNotZero();
  }

  @Test
  void mosquittosFilesAreWrittenAndItsRevocationsRenewed() throws Exception {
    String out = temporary.resolve("mosquitto").toString();
    String[] revocationsOnly = {"config", "mosquitto", "--dir", directory.toString(), "--out", out};
    assertThat(exitCode(new BrokerCommand(), revocationsOnly))
        .as("there is no broker yet")
        .isNotZero();
    run(
        new BrokerCommand(),
        "config",
        "mosquitto",
        "--dir",
        directory.toString(),
        "--host",
        "broker.example",
        "--out",
        out);
    assertThat(Path.of(out, "mosquitto.conf"))
        .content()
        .contains("require_certificate true", "use_username_as_clientid true", "listener 8883");
    assertThat(Path.of(out, "acl"))
        .content()
        .isEqualTo(
            """
            # Written by `covey broker config mosquitto`; %u is the agent.
            user coordinator:barn
            topic readwrite covey/v1/barn/#

            pattern write covey/v1/barn/d/%u/up/#
            pattern read covey/v1/barn/d/%u/down/#
            pattern read covey/v1/barn/model/#
            pattern read covey/v1/barn/trust/#
            """);
    byte[] before = Files.readAllBytes(Path.of(out, "revoked.crl"));
    byte[] key = Files.readAllBytes(Path.of(out, "broker.key"));
    run(new BrokerCommand(), revocationsOnly);
    assertThat(Files.readAllBytes(Path.of(out, "revoked.crl"))).isNotEqualTo(before);
    assertThat(Files.readAllBytes(Path.of(out, "broker.key"))).isEqualTo(key);
  }
}
