package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.audit.AuditCheck;
import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.audit.AuditKey;
import io.covey.coordinator.audit.AuditTrail;
import io.covey.coordinator.mqtt.FleetLink;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.store.FileArtifactStore;
import io.covey.coordinator.store.JdbiAgentStore;
import io.covey.coordinator.store.JdbiCommitStore;
import io.covey.coordinator.store.JdbiJobStore;
import io.covey.coordinator.store.JdbiKeyStore;
import io.covey.coordinator.store.JdbiModelStore;
import io.covey.coordinator.store.JdbiPrivacyStore;
import io.covey.coordinator.store.JdbiReleaseStore;
import io.covey.coordinator.store.JdbiRoundStore;
import io.covey.coordinator.training.CoordinatorCore;
import io.covey.coordinator.training.RoundLimits;
import io.covey.coordinator.training.SessionAuthority;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.NetworkFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log is told every minute, of a coordinator without agents. */
class AuditDeskTest {
  private static final FleetId FLEET = new FleetId("test");
  private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");

  @TempDir private Path directory;

  private final VirtualTime time = new VirtualTime(NOW);
  private final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);
  private final Database database = Database.open(DatabaseSettings.inMemory());
  private final RefusedMessages refused = new RefusedMessages(time);
  private final AuditKey key = AuditKey.of(authority.coordinator(), new Ed25519());
  private Path log;
  private AuditTrail trail;
  private Revocations revocations;
  private AuditDesk desk;

  @BeforeEach
  void start() throws Exception {
    log = directory.resolve("audit.log");
    trail = new AuditTrail(AuditFile.open(log, key, time::now));
    SessionAuthority sessions = new SessionAuthority(authority.coordinator(), time::now);
    revocations = sessions.revocations();
    FleetLink link =
        new FleetLink(
            time,
            new InMemoryNetwork(time, 1, NetworkFaults.NONE)
                .connect(InMemoryNetwork.settings("coordinator")),
            new FleetLink.Voice("run", sessions.messageGuard()),
            refused);
    CoordinatorCore core =
        new CoordinatorCore(
            time,
            new SplittableRandom(1),
            link,
            ModelRuntime.tensorFlowLite(),
            new CoordinatorCore.Stores(
                new JdbiModelStore(database),
                new FileArtifactStore(directory.resolve("artifacts")),
                new JdbiAgentStore(database),
                new JdbiRoundStore(database),
                new JdbiJobStore(database),
                new JdbiCommitStore(database),
                new JdbiPrivacyStore(database),
                new JdbiKeyStore(database),
                new JdbiReleaseStore(database)),
            sessions,
            RoundLimits.standard());
    var unused = core.start();
    time.runFor(Duration.ofSeconds(1));
    desk = new AuditDesk(trail, core, refused, revocations);
    desk.bind(time);
  }

  @AfterEach
  void close() {
    trail.close();
    database.close();
    authority.close();
  }

  private void refuse(DecodeException.Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      refused.add("a/topic", new DecodeException(kind, "a test"));
    }
  }

  private RevocationList list(long version) {
    return authority
        .authority()
        .revoke(new RevocationList.Content(FLEET, version, NOW.getEpochSecond(), List.of()));
  }

  /** All that was written, without the log's own beginning. */
  private List<AuditEvent> written() throws Exception {
    trail.close();
    List<AuditEvent> events = new ArrayList<>();
    new AuditCheck(new Ed25519(), Set.of(authority.coordinator().publicKey()), Optional.empty())
        .run(log, entry -> events.add(entry.event()));
    assertThat(events.remove(0).kind()).isEqualTo(Kind.LOG_BEGUN);
    return events;
  }

  @Test
  void refusedMessagesAreCountedOnceAMinuteByTheirReasons() throws Exception {
    refuse(DecodeException.Kind.BAD_SIGNATURE, 3);
    refuse(DecodeException.Kind.UNSIGNED, 1);
    time.runFor(Duration.ofSeconds(61));
    time.runFor(Duration.ofMinutes(10));
    refuse(DecodeException.Kind.BAD_SIGNATURE, 2);
    time.runFor(Duration.ofMinutes(1));
    assertThat(written())
        .containsExactly(
            new AuditEvent(
                Kind.MESSAGES_REFUSED,
                "",
                new TreeMap<>(
                    Map.of("undecodable BAD_SIGNATURE", "3", "undecodable UNSIGNED", "1"))),
            AuditEvent.of(Kind.MESSAGES_REFUSED, "").with("undecodable BAD_SIGNATURE", 2));
  }

  @Test
  void aRevocationListIsNotedOnceWhenItIsHeeded() throws Exception {
    revocations.heed(list(4));
    time.runFor(Duration.ofMinutes(3));
    revocations.heed(list(5));
    time.runFor(Duration.ofMinutes(3));
    assertThat(written())
        .containsExactly(
            AuditEvent.of(Kind.REVOCATIONS_HEEDED, "list 4").with("revoked", 0),
            AuditEvent.of(Kind.REVOCATIONS_HEEDED, "list 5").with("revoked", 0));
  }

  @Test
  void whatCameInTheLastMinuteIsNotedBeforeAStop() throws Exception {
    time.runFor(Duration.ofSeconds(90));
    refuse(DecodeException.Kind.EXPIRED, 1);
    revocations.heed(list(2));
    desk.noteWhatIsNew();
    assertThat(written())
        .containsExactly(
            AuditEvent.of(Kind.MESSAGES_REFUSED, "").with("undecodable EXPIRED", 1),
            AuditEvent.of(Kind.REVOCATIONS_HEEDED, "list 2").with("revoked", 0));
  }
}
