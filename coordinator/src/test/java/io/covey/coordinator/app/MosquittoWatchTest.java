package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.broker.MosquittoConfiguration;
import io.covey.coordinator.enrolment.Issued;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.TermsFile;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Mosquitto is given, and when it is told, as time and the authority's files go on. */
class MosquittoWatchTest {
  private static final FleetId BARN = new FleetId("barn");
  private static final AgentId KITCHEN = new AgentId("kitchen");
  private static final String DENIED = "user kitchen\ntopic deny covey/v1/barn/#\n";

  @TempDir private Path temporary;

  private OpenAuthority authority;
  private MosquittoWatch watch;
  private Path out;
  private Instant now;
  private boolean reachable = true;
  private int told;

  @BeforeEach
  void start() throws IOException {
    Path directory = temporary.resolve("authority");
    out = temporary.resolve("mosquitto");
    OpenAuthority.create(BARN, directory, directory, TermsFile.LOCAL);
    authority = OpenAuthority.open(directory);
    watch = new MosquittoWatch(authority, new MosquittoConfiguration(BARN, out), this::tell);
    now = Instant.now();
  }

  @AfterEach
  void stop() {
    authority.close();
  }

  private void tell() throws IOException {
    if (!reachable) {
      throw new IOException("no process");
    }
    told++;
  }

  private void enrol() throws IOException {
    SoftwareDeviceKeys keys =
        SoftwareDeviceKeys.generate(
            AesCtrRandomWords.fromSystemRandomness(),
            new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing()));
    try (JoinToken token = authority.desk().invite(KITCHEN, Duration.ofHours(1))) {
      Issued issued =
          authority
              .desk()
              .enrol(
                  new EnrolmentApplication(
                      token.secret().copy(),
                      EnrolmentRequest.create(keys, JoinToken.hashOf(token.secret())).encoded()));
      assertThat(issued).isInstanceOf(Issued.Granted.class);
    }
  }

  private void lookAfter(Duration passed) throws IOException {
    now = now.plus(passed);
    watch.look(now);
  }

  private String permissions() throws IOException {
    return Files.readString(out.resolve("acl"));
  }

  private X509CRL list() throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(Files.readAllBytes(out.resolve("revoked.crl"))));
  }

  @Test
  void whoIsRevokedIsDeniedAtTheNextLookAndWhoEnrolsAnewIsNot() throws Exception {
    enrol();
    lookAfter(Duration.ofSeconds(1));
    assertThat(told).as("told at the first look").isEqualTo(1);
    assertThat(permissions()).doesNotContain("kitchen");
    assertThat(list().getRevokedCertificates()).isNull();
    lookAfter(Duration.ofHours(1));
    assertThat(told).as("nothing is new").isEqualTo(1);

    assertThat(authority.desk().revoke(KITCHEN)).isEqualTo(1);
    lookAfter(Duration.ofSeconds(1));
    assertThat(told).isEqualTo(2);
    assertThat(permissions()).contains(DENIED);
    assertThat(list().getRevokedCertificates()).hasSize(1);

    enrol();
    lookAfter(Duration.ofSeconds(1));
    assertThat(told).isEqualTo(3);
    assertThat(permissions()).doesNotContain("kitchen");
    assertThat(list().getRevokedCertificates()).hasSize(1);
  }

  @Test
  void whoseCertificatesHaveEndedIsDeniedWithinAMinute() throws Exception {
    enrol();
    lookAfter(Duration.ZERO);
    lookAfter(TermsFile.LOCAL.lifetime().plus(Validity.CLOCK_TOLERANCE).plusMinutes(1));
    assertThat(permissions()).contains(DENIED);
    assertThat(told).isEqualTo(2);
  }

  @Test
  void aListIsSignedAnewWhenHalfItsLifeIsOver() throws Exception {
    lookAfter(Duration.ZERO);
    Instant first = list().getNextUpdate().toInstant();
    lookAfter(MosquittoWatch.LIST_LIFETIME.minusSeconds(60));
    assertThat(list().getNextUpdate().toInstant()).isEqualTo(first);
    lookAfter(Duration.ofSeconds(60));
    assertThat(list().getNextUpdate().toInstant())
        .isEqualTo(first.plus(MosquittoWatch.LIST_LIFETIME));
    assertThat(told).isEqualTo(2);
  }

  @Test
  void aMosquittoThatCannotBeToldIsToldLater() throws Exception {
    reachable = false;
    assertThatThrownBy(() -> lookAfter(Duration.ZERO)).hasMessage("no process");
    assertThat(permissions()).contains("coordinator:barn");
    reachable = true;
    lookAfter(Duration.ofSeconds(1));
    assertThat(told).isEqualTo(1);
    lookAfter(Duration.ofSeconds(1));
    assertThat(told).isEqualTo(1);
  }

  @Test
  void onlyAMosquittoIsSignalled() throws Exception {
    Path pidFile = temporary.resolve("pid");
    HangUp hangUp = new HangUp(pidFile);
    assertThatThrownBy(hangUp::send).isInstanceOf(IOException.class);
    // This process would end by it.
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n");
    assertThatThrownBy(hangUp::send).hasMessageEndingWith(", not mosquitto");
    for (String none : new String[] {"", "kitchen", "-1", "0", "1"}) {
      Files.writeString(pidFile, none);
      assertThatThrownBy(hangUp::send).hasMessageContaining("holds no process id");
    }
  }
}
