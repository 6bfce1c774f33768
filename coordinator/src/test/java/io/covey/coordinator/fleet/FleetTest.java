package io.covey.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.time.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FleetTest {
  private static final AgentId AGENT = new AgentId("a1");
  private static final ModelName MODEL = new ModelName("digits");

  private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_000_000));
  private final RecordingMessenger messenger = new RecordingMessenger();
  private final MemoryAgentStore store = new MemoryAgentStore();
  private final Fleet fleet = new Fleet(time, messenger, store);

  @Test
  void anAgentThatComesOnlineIsToldWhatToServe() {
    fleet.setDesired(manifest(1));
    birth("boot", 0);
    assertThat(messenger.desired).hasSize(1);
    assertThat(messenger.desired.get(0).desired().models()).containsExactly(manifest(1));
    assertThat(record().online()).isTrue();
  }

  @Test
  void aNewVersionIsSaidToEverybodyUnderAHigherRevision() {
    birth("boot", 0);
    fleet.setDesired(manifest(1));
    fleet.setDesired(manifest(2));
    assertThat(messenger.desired).hasSize(2);
    assertThat(messenger.desired.get(1).desired().revision())
        .isGreaterThan(messenger.desired.get(0).desired().revision());
  }

  @Test
  void revisionsRiseAcrossARestartThatLostTheLastOnes() {
    birth("boot", 0);
    fleet.setDesired(manifest(1));
    time.runFor(Duration.ofSeconds(10));
    Fleet restarted = new Fleet(time, messenger, store);
    restarted.restore(List.of(), List.of(manifest(2)));
    restarted.onPresence(AGENT, envelope("boot", 9, presence()), presence());
    assertThat(messenger.desired.get(1).desired().revision())
        .isGreaterThan(messenger.desired.get(0).desired().revision());
  }

  @Test
  void redeliveredAndOvertakenReportsChangeNothing() {
    birth("boot", 0);
    report("boot", 5, serving(2));
    report("boot", 4, serving(1));
    report("boot", 5, serving(3));
    assertThat(record().models()).containsExactly(serving(2));
  }

  @Test
  void aReportOfANewRunCountsAlthoughItsNumbersBeginAgain() {
    birth("boot", 0);
    report("boot", 50, serving(2));
    report("again", 1, serving(3));
    assertThat(record().models()).containsExactly(serving(3));
    report("boot", 51, serving(2));
    assertThat(record().models()).containsExactly(serving(3));
  }

  @Test
  void theWillOfAnEarlierRunDoesNotTakeTheAgentAway() {
    birth("first", 0);
    birth("second", 0);
    death("first");
    assertThat(record().online()).isTrue();
    death("second");
    assertThat(record().online()).isFalse();
  }

  @Test
  void anAgentThatAnswersAnOldStateIsToldAgainButNotInAStorm() {
    birth("boot", 0);
    fleet.setDesired(manifest(1));
    messenger.desired.clear();
    for (int i = 1; i <= 50; i++) {
      report("boot", i, serving(1));
    }
    assertThat(messenger.desired).isEmpty();
    time.runFor(Duration.ofSeconds(6));
    report("boot", 51, serving(1));
    report("boot", 52, serving(1));
    assertThat(messenger.desired).hasSize(1);
  }

  @Test
  void onlyOnlineAgentsWithExamplesThatTookTheVersionAreEligible() {
    birth("boot", 0);
    assertThat(fleet.eligible(MODEL, new ModelVersion(1))).isEmpty();
    report("boot", 1, serving(1));
    assertThat(fleet.eligible(MODEL, new ModelVersion(1))).containsExactly(AGENT);
    report("boot", 2, new ModelState(MODEL, new ModelVersion(2), Status.REFUSED, "damaged"));
    assertThat(fleet.eligible(MODEL, new ModelVersion(2))).isEmpty();
    assertThat(fleet.eligible(MODEL, new ModelVersion(3))).containsExactly(AGENT);
    death("boot");
    assertThat(fleet.eligible(MODEL, new ModelVersion(3))).isEmpty();
  }

  @Test
  void countersAreShownAsSums() {
    for (int i = 1; i <= 3; i++) {
      AgentId agent = new AgentId("a" + i);
      Telemetry counters = new Telemetry(10, 1, 0, 0, 2);
      fleet.onTelemetry(agent, envelope("boot", 0, counters), counters);
    }
    assertThat(fleet.totals()).isEqualTo(new FleetTotals(3, 3, 30, 3, 6));
  }

  @Test
  void changesAreWrittenInBatchesAndAgainAfterAFailure() {
    store.failuresLeft = 1;
    birth("boot", 0);
    report("boot", 1, serving(1));
    time.runFor(Duration.ofSeconds(5));
    assertThat(store.saved.get(AGENT)).isEqualTo(record());
    assertThat(store.batches).isEqualTo(2);
  }

  @Test
  void aRestartTakesEverybodyForOfflineUntilHeardOf() {
    birth("boot", 0);
    time.runFor(Duration.ofSeconds(1));
    Fleet restarted = new Fleet(time, messenger, store);
    restarted.restore(store.load(), List.of());
    assertThat(restarted.agents()).hasSize(1).noneMatch(AgentRecord::online);
  }

  private AgentRecord record() {
    return fleet.agent(AGENT).orElseThrow();
  }

  private void birth(String boot, long sequence) {
    fleet.onPresence(AGENT, envelope(boot, sequence, presence()), presence());
  }

  private void death(String boot) {
    Presence gone = new Presence(false, "1");
    fleet.onPresence(AGENT, envelope(boot, 0, gone), gone);
  }

  private void report(String boot, long sequence, ModelState state) {
    ReportedState reported = new ReportedState(0, List.of(state), true);
    fleet.onReported(AGENT, envelope(boot, sequence, reported), reported);
  }

  private static Presence presence() {
    return new Presence(true, "1");
  }

  private static Envelope envelope(String boot, long sequence, Message body) {
    return new Envelope(boot, sequence, body);
  }

  private static ModelState serving(int version) {
    return new ModelState(MODEL, new ModelVersion(version), Status.SERVING, "");
  }

  private static ModelManifest manifest(int version) {
    Sha256 digest = Sha256.of(("v" + version).getBytes(StandardCharsets.UTF_8));
    return new ModelManifest(
        MODEL,
        new ModelVersion(version),
        List.of(new ArtifactReference(ArtifactReference.Role.GRAPH, digest, 10, 10)));
  }

  private static final class MemoryAgentStore implements AgentStore {
    private final Map<AgentId, AgentRecord> saved = new TreeMap<>();
    private int failuresLeft;
    private int batches;

    @Override
    public void save(Collection<AgentRecord> agents) {
      batches++;
      if (failuresLeft-- > 0) {
        throw new IllegalStateException("the disk is full");
      }
      agents.forEach(agent -> saved.put(agent.agent(), agent));
    }

    @Override
    public List<AgentRecord> load() {
      return new ArrayList<>(saved.values());
    }
  }
}
