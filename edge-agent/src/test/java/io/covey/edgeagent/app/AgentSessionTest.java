package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.RevocationList;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.rounds.SessionCoordinator;
import io.covey.edgeagent.serving.HttpSettings;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundDeclined.Reason;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.message.UnmaskingRequested;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.TrustPlace;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole agents in rounds whose coordinator, network or process fails. */
class AgentSessionTest {
  private static final String[] COHORT = {"a1", "a2", "a3", "a4"};
  private static final UpdateEncoding ENCODING =
      new UpdateEncoding(TestFleet.FEATURES * TestFleet.CLASSES, 20, 24, 4f, 1000, 10f);

  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
  private final Random random = new Random(7);

  @TempDir private Path directory;

  private InMemoryExampleStore examples() {
    float[] values = new float[10 * TestFleet.FEATURES];
    int[] labels = new int[10];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(TestFleet.CLASSES);
    }
    return new InMemoryExampleStore(TestFleet.FEATURES, values, labels);
  }

  private List<EdgeAgent> startCohort() throws IOException {
    List<EdgeAgent> agents = new ArrayList<>();
    for (String id : COHORT) {
      agents.add(fleet.agent(id).examples(examples()).build());
    }
    agents.forEach(EdgeAgent::start);
    fleet.run(Duration.ofSeconds(1));
    return agents;
  }

  private static RoundPlan plan(String round, ModelManifest base) {
    SecureAggregationTerms terms =
        new SecureAggregationTerms(
            3,
            3,
            SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
            0.1,
            0,
            40,
            30,
            Duration.ofSeconds(30));
    return new RoundPlan(
        new RoundId(round),
        base,
        new LocalTraining(1, 10, 0.5f, 0),
        ENCODING,
        4,
        3,
        Duration.ofMinutes(1),
        terms,
        RoundPlan.unsigned());
  }

  /**
   * What an agent answers to an invitation to a round of another model tells whether it is busy.
   */
  private boolean isBusy(String agent, String probe) {
    int before = fleet.heard(RoundDeclined.class).size();
    ModelManifest other =
        new ModelManifest(
            new ModelName("other"), fleet.publish(1, 0).version(), fleet.publish(1, 0).artifacts());
    RoundPlan unsigned = plan(probe, other);
    // Without a signature that is right, an idle agent refuses it.
    fleet.tell(agent, unsigned.round(), RoundStep.PLAN, unsigned);
    fleet.run(Duration.ofSeconds(1));
    List<RoundDeclined> declined = fleet.heard(RoundDeclined.class);
    assertThat(declined).hasSize(before + 1);
    return declined.get(before).reason() == Reason.BUSY;
  }

  @Test
  void aLieIsDeclinedByItsName() throws Exception {
    startCohort();
    RoundPlan plan = plan("r1", fleet.publish(1, 0));
    // The coordinator's signature is one of another plan.
    RoundPlan lie = plan.signed(fleet.signed(plan("r2", plan.base())).signature());
    fleet.tell("a1", lie.round(), RoundStep.PLAN, lie);
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.heard(RoundDeclined.class))
        .containsExactly(
            new RoundDeclined(
                lie.round(),
                Reason.PLAN_REFUSED,
                "secure aggregation: COORDINATOR_SIGNATURE_INVALID"));
    assertThat(fleet.heard(KeysAdvertised.class)).isEmpty();
    assertThat(isBusy("a1", "probe")).isFalse();
  }

  @Test
  void nobodySharesKeysWithAParticipantWhoWasRevokedWhateverTheCoordinatorSays() throws Exception {
    startCohort();
    revoke("a2");
    fleet.invite(plan("r1", fleet.publish(1, 0)), COHORT);
    fleet.run(Duration.ofSeconds(20));
    assertThat(fleet.heard(KeysAdvertised.class)).hasSize(COHORT.length);
    // Only the one who was revoked itself, and says nothing of it, goes on.
    assertThat(fleet.heard(SharesSealed.class)).hasSizeLessThanOrEqualTo(1);
    assertThat(fleet.heard(UpdateChunk.class)).isEmpty();
    assertThat(fleet.heard(RoundDeclined.class))
        .hasSizeGreaterThanOrEqualTo(COHORT.length - 1)
        .allMatch(declined -> declined.reason() == Reason.PLAN_REFUSED);
  }

  private void revoke(String agent) {
    RevocationList list =
        fleet
            .authority
            .authority()
            .revoke(
                new RevocationList.Content(
                    TestFleet.FLEET,
                    1,
                    0,
                    List.of(fleet.identity(agent).certificate().facts().serial())));
    fleet.say(
        fleet.topics.trust(new TrustPlace.Revocations()),
        new TrustDocument(ByteString.copyFrom(list.encode().toBytes())),
        true);
    fleet.run(Duration.ofSeconds(1));
  }

  @Test
  void anAgentWithoutAnIdentityConnectsToNobody() throws Exception {
    EdgeAgent agent = fleet.unenrolled("a1").examples(examples()).build();
    agent.start();
    fleet.run(Duration.ofMinutes(5));
    assertThat(agent.connected()).isFalse();
    assertThat(fleet.network.counters().connections()).isEqualTo(1);
    assertThat(fleet.heard).isEmpty();
  }

  /** Whatever the coordinator never says, the agent is free again at the plan's last moment. */
  @Test
  void aCoordinatorThatNeverAnswersKeepsAnAgentNoLongerThanItsPlanSays() throws Exception {
    startCohort();
    ModelManifest base = fleet.publish(1, 0);
    List<Class<? extends RoundMessage>> kinds =
        List.of(
            RosterPage.class,
            SharesDelivered.class,
            UploadGranted.class,
            SurvivorsAnnounced.class,
            UnmaskingRequested.class);
    for (int i = 0; i < kinds.size(); i++) {
      Class<? extends RoundMessage> never = kinds.get(i);
      fleet.silenced = message -> never.isInstance(message) || isClose(message);
      int released = fleet.heard(SharesReleased.class).size();
      RoundPlan plan = plan("r" + i, base);
      fleet.invite(plan, COHORT);
      fleet.run(plan.longestDuration().minusSeconds(5));
      assertThat(isBusy("a1", "during-" + i)).as("without %s", never.getSimpleName()).isTrue();
      fleet.run(Duration.ofSeconds(10));
      assertThat(isBusy("a1", "after-" + i)).as("without %s", never.getSimpleName()).isFalse();
      assertThat(fleet.heard(SharesReleased.class)).hasSize(released);
    }
  }

  private static boolean isClose(RoundMessage message) {
    return RoundStep.of(message) == RoundStep.CLOSE;
  }

  @Test
  void anInvitationToALaterRoundEndsTheSessionOfOneThatNobodyClosed() throws Exception {
    List<EdgeAgent> agents = startCohort();
    ModelManifest base = fleet.publish(1, 0);
    // The coordinator dies with its round: nobody hears of it again.
    fleet.silenced = message -> !(message instanceof RoundPlan || message instanceof RosterPage);
    fleet.invite(plan("r1", base), COHORT);
    fleet.run(Duration.ofSeconds(10));
    assertThat(isBusy("a1", "probe")).isTrue();

    fleet.silenced = message -> false;
    fleet.heard.clear();
    SessionCoordinator second = fleet.invite(plan("r2", base), COHORT);
    fleet.run(Duration.ofSeconds(10));
    assertThat(second.opened()).hasValueSatisfying(agreed -> assertThat(agreed).hasSize(4));
    assertThat(fleet.heard(RoundDeclined.class)).isEmpty();
    assertThat(fleet.heard)
        .noneMatch(
            envelope ->
                envelope.body() instanceof RoundMessage said
                    && said.round().equals(new RoundId("r1")));
    agents.forEach(agent -> assertThat(agent.counters().roundsReported()).isEqualTo(1));
  }

  @Test
  void anAgentThatCrashesInASessionGetsThePlanAgainAndSpoilsNothing() throws Exception {
    startCohort().get(0).abort();
    fleet.run(Duration.ofSeconds(1));
    EdgeAgent crashing = fleet.agent("a1").dataDirectory(directory).examples(examples()).build();
    crashing.start();
    fleet.run(Duration.ofSeconds(1));
    fleet.silenced = message -> message instanceof SharesDelivered;
    RoundPlan plan = plan("r1", fleet.publish(1, 0));
    SessionCoordinator round = fleet.invite(plan, COHORT);
    fleet.run(Duration.ofSeconds(2));
    assertThat(fleet.heard(KeysAdvertised.class)).hasSize(4);
    crashing.abort();
    fleet.run(Duration.ofSeconds(1));

    EdgeAgent reborn = fleet.agent("a1").dataDirectory(directory).examples(examples()).build();
    reborn.start();
    fleet.run(Duration.ofSeconds(1));
    fleet.tell("a1", plan.round(), RoundStep.PLAN, fleet.signed(plan));
    fleet.run(plan.longestDuration().plusSeconds(10));
    // It advertised other keys, which came too late, and had to leave or to wait.
    assertThat(fleet.heard(KeysAdvertised.class)).hasSize(5);
    assertThat(fleet.heard(SharesReleased.class)).isEmpty();
    assertThat(round.opened()).isEmpty();
    assertThat(round.failure()).isPresent();
    assertThat(isBusy("a1", "probe")).isFalse();
  }

  @Test
  void anUploadGoesOnAfterABrokenConnectionWithoutSendingAgainWhatArrived() throws Exception {
    startCohort();
    RoundPlan plan = plan("r1", fleet.publish(1, 0));
    List<Integer> arrived = new ArrayList<>();
    fleet.network.observe(
        seen -> {
          if (seen.senderClientId().equals("a1")
              && seen.publication().topic().endsWith("/update")) {
            arrived.add(seen.publication().payload().size());
          }
        });
    SessionCoordinator round = fleet.invite(plan, COHORT);
    fleet.time.runUntil(() -> fleet.granted("a1"), Duration.ofSeconds(30));
    fleet.network.isolate("a1", Duration.ofSeconds(5));
    fleet.run(Duration.ofSeconds(30));
    assertThat(round.opened()).hasValueSatisfying(agreed -> assertThat(agreed).hasSize(4));
    assertThat(arrived).hasSize(1);
    assertThat(fleet.heard(UpdateChunk.class)).hasSize(4);
  }

  @Test
  void aBuilderThatFailsLetsGoOfTheLogOfDecisions() throws Exception {
    EdgeAgentBuilder builder = fleet.agent("a1").dataDirectory(directory).examples(examples());
    ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try (taken) {
      builder.http(HttpSettings.DEFAULT.withPort(taken.getLocalPort()));
      assertThatThrownBy(builder::build).isInstanceOf(IOException.class);
    }
    EdgeAgent agent = fleet.agent("a1").dataDirectory(directory).examples(examples()).build();
    agent.start();
    for (String id : List.of("a2", "a3", "a4")) {
      fleet.agent(id).examples(examples()).build().start();
    }
    fleet.run(Duration.ofSeconds(1));
    // With a log that is held elsewhere, it would refuse to answer.
    SessionCoordinator round = fleet.invite(plan("r1", fleet.publish(1, 0)), COHORT);
    fleet.run(Duration.ofSeconds(10));
    assertThat(fleet.heard(RoundDeclined.class)).isEmpty();
    assertThat(round.opened()).isPresent();
    assertThat(agent.counters().roundsReported()).isEqualTo(1);
    assertThat(Objects.requireNonNull(directory.toFile().list())).contains("decisions");
  }
}
