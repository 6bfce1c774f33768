package io.covey.coordinator.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.RenewalSchedule;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Enrolment, renewal and revocation under a clock of the test's. */
class IssuingDeskTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path directory;

  private IssuerUnderTest issuer;
  private SoftwareDeviceKeys keys;

  @BeforeEach
  void open() {
    issuer = new IssuerUnderTest(directory, START);
    keys = issuer.knownKeys();
  }

  private static void assertRefused(Issued issued, Refusal reason) {
    assertThat(issued).isEqualTo(new Issued.Refused(reason));
  }

  private static X509Certificate own(Membership membership) {
    return membership.certificates().chain().get(0);
  }

  private static SerialNumber serial(Membership membership) {
    return membership.certificates().facts().serial();
  }

  @Test
  void whoHasATokenBecomesTheAgentThatItIsFor() throws Exception {
    Membership membership = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    assertThat(membership.agent()).hasToString("kitchen");
    assertThat(membership.fleet()).isEqualTo(IssuerUnderTest.FLEET);
    assertThat(membership.certificates().facts().validity().lifetime())
        .isEqualTo(Duration.ofDays(90));
    assertThat(issuer.store.enrolments(e -> true))
        .extracting(LedgerEntry::serial)
        .containsExactly(serial(membership));
  }

  @Test
  void aTokenIsGoodForTheKeysOfOneDeviceOnly() throws Exception {
    JoinToken token = issuer.invite("kitchen");
    Membership first = issuer.granted(issuer.enrol(token, keys));
    assertRefused(issuer.enrol(token, issuer.keys()), Refusal.TOKEN_USED);
    // The answer was lost: the same device asks again.
    Membership again =
        issuer.granted(issuer.newDesk().enrol(IssuerUnderTest.application(token, keys)));
    assertThat(serial(again)).isNotEqualTo(serial(first));
    assertThat(again.certificates().identity().issuedAtEpochSecond())
        .as("the later one must stand")
        .isGreaterThan(first.certificates().identity().issuedAtEpochSecond());
  }

  @Test
  void everyDecisionIsAuditedAndRefusalsInNumbers() throws Exception {
    JoinToken token = issuer.invite("kitchen");
    issuer.granted(issuer.enrol(token, keys));
    issuer.audited.clear();
    for (int i = 0; i < 5; i++) {
      issuer.enrol(token, issuer.knownKeys());
    }
    issuer.now = START.plusSeconds(60);
    issuer.enrol(token, issuer.knownKeys());
    issuer.desk.revoke(new AgentId("kitchen"));
    assertThat(issuer.audited)
        .containsExactly(
            AuditEvent.of(Kind.ENROLMENT_REFUSED, "kitchen")
                .with("reason", "TOKEN_USED")
                .with("count", 1),
            AuditEvent.of(Kind.ENROLMENT_REFUSED, "kitchen")
                .with("reason", "TOKEN_USED")
                .with("count", 5),
            AuditEvent.of(Kind.REVOKED, "kitchen").with("enrolments", 1));
  }

  @Test
  void enrolmentsAndTokensAreAudited() throws Exception {
    issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    assertThat(issuer.audited)
        .extracting(AuditEvent::kind)
        .containsExactly(Kind.TOKEN_MADE, Kind.ENROLLED);
    assertThat(issuer.audited).allMatch(event -> event.subject().equals("kitchen"));
  }

  @Test
  void aTokenEnds() throws Exception {
    JoinToken token = issuer.invite("kitchen");
    issuer.now = START.plus(Duration.ofHours(1));
    Membership membership = issuer.granted(issuer.enrol(token, keys));
    assertThat(membership.agent()).hasToString("kitchen");
    issuer.now = issuer.now.plusSeconds(1);
    assertRefused(issuer.enrol(token, keys), Refusal.TOKEN_EXPIRED);
  }

  @Test
  void aTokenThatWasNotGivenOutIsRefused() throws Exception {
    JoinToken real = issuer.invite("kitchen");
    JoinToken guessed =
        new JoinToken(
            real.addresses(),
            real.rootFingerprint(),
            SecretBytes.owning(new byte[JoinToken.SECRET_BYTES]),
            real.expiry());
    assertRefused(issuer.enrol(guessed, keys), Refusal.TOKEN_UNKNOWN);
  }

  @Test
  void aRequestForAnotherTokenIsOfNoUseAndUsesNothingUp() throws Exception {
    JoinToken kitchen = issuer.invite("kitchen");
    JoinToken cellar = issuer.invite("cellar");
    var mixed =
        new EnrolmentApplication(
            cellar.secret().copy(), IssuerUnderTest.application(kitchen, keys).request());
    assertRefused(issuer.desk.enrol(mixed), Refusal.BAD_REQUEST_FOR_CERTIFICATES);
    assertThat(issuer.granted(issuer.enrol(cellar, keys)).agent()).hasToString("cellar");
  }

  @Test
  void theSecretIsNotInAnyFileAndFilesAreTheOwnersOnly() throws Exception {
    JoinToken token = issuer.invite("kitchen");
    issuer.granted(issuer.enrol(token, keys));
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1) + file;
        assertThat(content)
            .doesNotContain(Octets.copyOf(token.secret().reveal()).toHex())
            .doesNotContain(new String(token.secret().reveal(), StandardCharsets.ISO_8859_1));
        if (file.toString().contains("tokens")) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void anAgentRenewsAgainAndAgainBeforeItsCertificatesEnd() throws Exception {
    Membership membership = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    for (int i = 0; i < 20; i++) {
      RenewalSchedule schedule =
          new RenewalSchedule(membership.certificates().facts().validity(), 0.5);
      assertThat(schedule.at(issuer.now)).isEqualTo(RenewalSchedule.Step.WAIT);
      issuer.now = schedule.dueAt();
      assertThat(schedule.at(issuer.now)).isEqualTo(RenewalSchedule.Step.RENEW);
      Membership renewed =
          issuer.granted(issuer.desk.renew(own(membership), issuer.renewal(membership, keys)));
      assertThat(renewed.agent()).isEqualTo(membership.agent());
      assertThat(serial(renewed)).isNotEqualTo(serial(membership));
      assertThat(renewed.certificates().facts().validity().notAfter())
          .isEqualTo(issuer.now.plus(Duration.ofDays(90)).truncatedTo(ChronoUnit.SECONDS));
      membership = renewed;
    }
    assertThat(issuer.now).isAfter(START.plus(Duration.ofDays(1000)));
  }

  @Test
  void anotherDeviceDoesNotRenewWhatItHasSeen() throws Exception {
    Membership kitchen = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    SoftwareDeviceKeys thief = issuer.knownKeys();
    assertRefused(
        issuer.desk.renew(own(kitchen), issuer.renewal(kitchen, thief)), Refusal.NOT_ENROLLED);
    Membership cellar = issuer.granted(issuer.enrol(issuer.invite("cellar"), thief));
    assertRefused(
        issuer.desk.renew(own(cellar), issuer.renewal(kitchen, keys)),
        Refusal.BAD_REQUEST_FOR_CERTIFICATES);
  }

  @Test
  void onlyAgentsRenew() throws Exception {
    X509Certificate coordinator =
        issuer
            .desk
            .authority()
            .certify(
                MemberName.of(IssuerUnderTest.FLEET, Role.COORDINATOR),
                List.of(),
                keys.tlsKey(),
                issuer.desk.term(Duration.ofDays(1)))
            .get(0);
    assertRefused(
        issuer.desk.renew(coordinator, Octets.owning(new byte[10])), Refusal.NO_CERTIFICATE);
  }

  @Test
  void aRevokedAgentRenewsNoMoreAndTheListSaysSo() throws Exception {
    Membership first = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    Membership other = issuer.granted(issuer.enrol(issuer.invite("cellar"), issuer.knownKeys()));
    assertThat(issuer.store.revocations()).isEmpty();
    assertThat(issuer.desk.revoke(new AgentId("nobody"))).isZero();
    assertThat(issuer.desk.revoke(new AgentId("kitchen"))).isEqualTo(1);
    RevocationList list = issuer.store.revocations().orElseThrow();
    assertThat(list.isIssuedBy(issuer.authority.publicKey(), IssuerUnderTest.SIGNER)).isTrue();
    assertThat(list.contains(serial(first))).isTrue();
    assertThat(list.contains(serial(other))).isFalse();
    assertRefused(issuer.desk.renew(own(first), issuer.renewal(first, keys)), Refusal.REVOKED);
  }

  /** As by a command in another process, just after the desk has looked at the list. */
  @Test
  void aRevocationWhileCertificatesAreBeingRenewedIsHeeded() throws Exception {
    Membership first = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    IssuingDesk other = issuer.newDesk();
    IssuingDesk renewing =
        issuer.newDesk(
            () -> {
              revokeOnce(other);
              return issuer.now;
            });
    assertRefused(renewing.renew(own(first), issuer.renewal(first, keys)), Refusal.REVOKED);
    assertThat(issuer.store.enrolments(e -> true))
        .extracting(LedgerEntry::serial)
        .containsExactly(serial(first));
    assertThat(issuer.audited).noneMatch(event -> event.kind() == Kind.RENEWED);
  }

  private static void revokeOnce(IssuingDesk desk) {
    try {
      if (desk.store().revocations().isEmpty()) {
        assertThat(desk.revoke(new AgentId("kitchen"))).isEqualTo(1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void keysThatWereRevokedComeBackWithNoToken() throws Exception {
    Membership first = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    issuer.desk.revoke(first.agent());
    assertRefused(issuer.enrol(issuer.invite("kitchen"), keys), Refusal.REVOKED);
    issuer.granted(issuer.enrol(issuer.invite("kitchen"), issuer.knownKeys()));
  }

  @Test
  void aDeviceThatRenewsWithoutEndIsRefusedAndCanBeRevoked() throws Exception {
    JoinToken token = issuer.invite("kitchen");
    Membership first = issuer.granted(issuer.enrol(token, keys));
    for (int i = 1; i < IssuerStore.CERTIFICATES_OF_DEVICE; i++) {
      issuer.granted(issuer.desk.renew(own(first), issuer.renewal(first, keys)));
    }
    assertRefused(issuer.desk.renew(own(first), issuer.renewal(first, keys)), Refusal.TOO_MANY);
    assertRefused(issuer.enrol(token, keys), Refusal.TOO_MANY);
    assertThat(issuer.store.enrolments(e -> true)).hasSize(IssuerStore.CERTIFICATES_OF_DEVICE);
    issuer.granted(issuer.enrol(issuer.invite("cellar"), issuer.knownKeys()));
    assertThat(issuer.desk.revoke(first.agent())).isEqualTo(IssuerStore.CERTIFICATES_OF_DEVICE);
  }

  @Test
  void theListGrowsInVersionsAndForgetsWhatHasEnded() throws Exception {
    Membership first = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    issuer.desk.revoke(first.agent());
    issuer.now = START.plus(Duration.ofDays(60));
    Membership second = issuer.granted(issuer.enrol(issuer.invite("cellar"), keys));
    issuer.desk.revoke(second.agent());
    RevocationList both = issuer.store.revocations().orElseThrow();
    assertThat(both.content().serials()).containsExactlyInAnyOrder(serial(first), serial(second));
    issuer.now = START.plus(Duration.ofDays(91));
    RevocationList later = issuer.store.revoke(issuer.authority, e -> false, issuer.now);
    assertThat(later.content().serials()).containsExactly(serial(second));
    assertThat(later.content().version()).isEqualTo(both.content().version() + 1);
    assertThat(later.content().issuedAtEpochSecond()).isEqualTo(issuer.now.getEpochSecond());
  }

  @Test
  void aDeviceThatIsReplacedIsNoLongerAMember() throws Exception {
    Membership lost = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    Membership replacement =
        issuer.granted(issuer.enrol(issuer.invite("kitchen"), issuer.knownKeys()));
    RevocationList list = issuer.store.revocations().orElseThrow();
    assertThat(list.content().serials()).containsExactly(serial(lost));
    assertThat(list.contains(serial(replacement))).isFalse();
  }

  @Test
  void aLedgerThatACrashHasCutIsReadAndADamagedOneIsSaid() throws Exception {
    Membership first = issuer.granted(issuer.enrol(issuer.invite("kitchen"), keys));
    Path ledger = directory.resolve("enrolments.log");
    Files.writeString(ledger, "4001020304", StandardOpenOption.APPEND);
    assertThat(issuer.store.enrolments(e -> true))
        .extracting(LedgerEntry::serial)
        .containsExactly(serial(first));
    Membership second = issuer.granted(issuer.enrol(issuer.invite("cellar"), issuer.knownKeys()));
    assertThat(issuer.store.enrolments(e -> true))
        .as("the next one does not end up on half a line")
        .extracting(LedgerEntry::serial)
        .containsExactly(serial(first), serial(second));
    Files.writeString(ledger, "4001020304 cut\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> issuer.store.enrolments(e -> true))
        .hasMessageContaining("restore it from a copy");
  }

  @Test
  void tokensThatEndedAreForgottenAndTheOthersStayUsed() throws Exception {
    JoinToken old = issuer.invite("kitchen");
    issuer.granted(issuer.enrol(old, keys));
    issuer.now = issuer.now.plus(IssuingDesk.TOKENS_KEPT);
    JoinToken later = issuer.invite("cellar");
    issuer.granted(issuer.enrol(later, issuer.knownKeys()));
    assertThat(issuer.desk.forgetExpiredTokens()).as("it ended less than a week ago").isZero();
    assertThat(issuer.enrol(old, keys)).isEqualTo(new Issued.Refused(Refusal.TOKEN_EXPIRED));

    issuer.now = issuer.now.plus(Duration.ofMinutes(59));
    Files.writeString(directory.resolve("tokens").resolve("strange.json"), "none");
    assertThat(issuer.desk.forgetExpiredTokens()).isZero();
    issuer.now = issuer.now.plus(Duration.ofMinutes(1)).plusSeconds(1);
    assertThat(issuer.desk.forgetExpiredTokens()).isEqualTo(1);
    assertThat(issuer.enrol(old, keys)).isEqualTo(new Issued.Refused(Refusal.TOKEN_UNKNOWN));
    assertThat(directory.resolve("used-tokens")).isDirectoryContaining("glob:**.json");
    issuer.now = issuer.now.minus(Duration.ofMinutes(30));
    assertThat(issuer.enrol(later, issuer.knownKeys()))
        .isEqualTo(new Issued.Refused(Refusal.TOKEN_USED));
    issuer.now = issuer.now.plus(IssuingDesk.TOKENS_KEPT).plus(Duration.ofDays(1));
    assertThat(issuer.desk.forgetExpiredTokens()).isEqualTo(1);
    assertThat(directory.resolve("used-tokens")).isEmptyDirectory();
  }
}
