package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.DeviceKeys;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.edgeagent.enrolment.RenewalService;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** An agent that looks after its membership, for months. */
class AgentMembershipTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(MembershipKeeper.class);
  private static final FleetId FLEET = new FleetId("home");
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");
  private static final Duration LIFETIME = Duration.ofDays(90);
  private static final Duration HALF_HOUR = Duration.ofMinutes(30);

  @TempDir private Path directory;

  private final VirtualTime time = new VirtualTime(NOW);
  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Service service = new Service();
  private DeviceFiles files;

  /** Renews by the virtual clock, unless it is away. */
  private final class Service implements RenewalService {
    private final IssuingAuthority authority =
        FleetRoot.create(FLEET, SecretBytes.drawnFrom(random, 32), NOW, random, PRIMITIVES.signer())
            .certify(FleetAuthority.generate(FLEET, random, PRIMITIVES.signer()), NOW, random);
    private final List<Instant> asked = new ArrayList<>();
    private boolean away;
    private boolean defective;

    @Override
    public Membership renew(Membership present, DeviceKeys keys) throws IOException {
      asked.add(time.now());
      if (defective) {
        throw new IllegalStateException("a defect");
      }
      if (away) {
        throw new IOException("the service is away");
      }
      return issued(keys);
    }

    Membership issued(DeviceKeys keys) {
      return new Membership(
          authority.enrol(
              new AgentId("kitchen"),
              EnrolmentRequest.create(keys, Octets.ofHex("00")),
              IssuingAuthority.Term.draw(random, Validity.from(time.now(), LIFETIME))),
          PRIMITIVES.signer().publicKeyOf(SecretBytes.drawnFrom(random, 32)),
          Optional.empty(),
          URI.create("mqtts://localhost:8883"),
          List.of(new HostPort("localhost", 8463)));
    }
  }

  @BeforeEach
  void enrol() throws IOException {
    log.start();
    LOG.addAppender(log);
    files = new DeviceFiles(directory.resolve("identity"), PRIMITIVES);
    try (SoftwareDeviceKeys keys = files.keysOrNew(random)) {
      files.write(service.issued(keys));
    }
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(log);
  }

  private MembershipKeeper kept(double jitter) throws IOException {
    MembershipKeeper keeper = MembershipKeeper.open(files, service, jitter);
    AgentMembership.keepRenewed(keeper, time, time::now);
    return keeper;
  }

  private SerialNumber kept() throws IOException {
    return files.membership().orElseThrow().certificates().facts().serial();
  }

  private long said(Level level) {
    return log.list.stream().filter(event -> event.getLevel().equals(level)).count();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.37, 0.999})
  void certificatesAreRenewedOnceBetweenTwoThirdsAndFiveSixthsOfTheirLife(double jitter)
      throws Exception {
    try (MembershipKeeper keeper = kept(jitter)) {
      SerialNumber first = kept();
      time.runUntil(NOW.plus(Duration.ofDays(60)).minusSeconds(1));
      assertThat(service.asked).isEmpty();
      time.runUntil(NOW.plus(Duration.ofDays(75)).plus(HALF_HOUR));
      assertThat(service.asked).hasSize(1);
      SerialNumber second = keeper.membership().certificates().facts().serial();
      assertThat(second).isNotEqualTo(first);
      assertThat(kept()).as("kept for the next start").isEqualTo(second);
      Instant renewed = service.asked.get(0);
      time.runUntil(renewed.plus(Duration.ofDays(60)).minusSeconds(1));
      assertThat(service.asked).hasSize(1);
      time.runUntil(renewed.plus(Duration.ofDays(75)).plus(HALF_HOUR));
      assertThat(service.asked).hasSize(2);
      assertThat(kept()).isNotEqualTo(second);
      assertThat(said(Level.WARN) + said(Level.ERROR)).isZero();
    }
  }

  @Test
  void aServiceThatIsAwayIsAskedAgainEveryHalfHourUntilItIsBack() throws Exception {
    try (MembershipKeeper keeper = kept(0)) {
      SerialNumber first = kept();
      service.away = true;
      time.runUntil(NOW.plus(Duration.ofDays(60)).plus(Duration.ofHours(10)));
      assertThat(service.asked).hasSize(21);
      for (int i = 1; i < service.asked.size(); i++) {
        assertThat(Duration.between(service.asked.get(i - 1), service.asked.get(i)))
            .isEqualTo(HALF_HOUR);
      }
      assertThat(said(Level.WARN)).isEqualTo(21);
      assertThat(kept()).isEqualTo(first);
      service.away = false;
      time.runFor(HALF_HOUR);
      assertThat(service.asked).hasSize(22);
      assertThat(kept()).isNotEqualTo(first);
      assertThat(keeper.membership().certificates().facts().serial()).isEqualTo(kept());
    }
  }

  @Test
  void certificatesThatHaveEndedAreReportedAndNoLongerRenewed() throws Exception {
    try (MembershipKeeper keeper = kept(0.5)) {
      service.away = true;
      time.runUntil(NOW.plus(LIFETIME).plus(HALF_HOUR).plus(HALF_HOUR));
      service.away = false;
      service.asked.clear();
      log.list.clear();
      time.runFor(Duration.ofHours(5));
      assertThat(service.asked).isEmpty();
      assertThat(log.list)
          .hasSize(10)
          .allSatisfy(
              event -> {
                assertThat(event.getLevel()).isEqualTo(Level.ERROR);
                assertThat(event.getFormattedMessage())
                    .startsWith("the certificates ended at 2027-02-25T08:00:00Z: enrol again");
              });
      assertThat(keeper.membership().agent()).hasToString("kitchen");
    }
  }

  @Test
  void aDefectDoesNotEndTheLooks() throws Exception {
    try (MembershipKeeper keeper = kept(0)) {
      SerialNumber first = kept();
      service.defective = true;
      time.runUntil(NOW.plus(Duration.ofDays(61)));
      assertThat(service.asked).hasSizeGreaterThan(40);
      service.defective = false;
      time.runFor(HALF_HOUR);
      assertThat(keeper.membership().certificates().facts().serial()).isNotEqualTo(first);
    }
  }
}
