package io.covey.coordinator.training;

import static io.covey.coordinator.training.CoordinatorUnderTest.DIGITS;
import static io.covey.coordinator.training.CoordinatorUnderTest.digits;
import static io.covey.coordinator.training.CoordinatorUnderTest.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.coordinator.privacy.PrivacyStore;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.store.JdbiPrivacyStore;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UnmaskingRequested;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.ObservedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds with noise, whose costs are counted before their sums open. */
class PrivateRoundsTest {
  private static final PrivacyPlan NOISE = new PrivacyPlan(1, true, Optional.empty());

  @TempDir private Path directory;

  private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000));
  private final InMemoryNetwork network = new InMemoryNetwork(time, 1, NetworkFaults.NONE);
  private final Database database = Database.open(DatabaseSettings.inMemory());
  private final WatchedStore privacy = new WatchedStore(new JdbiPrivacyStore(database));
  private final TrialAuthority authority = CoordinatorUnderTest.authority();
  private final List<ScriptedAgent> agents = new ArrayList<>();
  private CoordinatorUnderTest coordinator;

  /** Counts requests to unmask, and what was on disk when the first was sent. */
  private int unmaskingRequests;

  private long roundsCountedBeforeFirst = -1;

  @BeforeEach
  void start() {
    network.observe(this::observe);
    coordinator = startCoordinator("first");
    coordinator.done(
        coordinator.operations().registerModel(DIGITS, "digits", digits(), Optional.empty()));
    for (int i = 1; i <= 8; i++) {
      var identity = authority.enrol(new AgentId("agent-" + i), 1_700_000_000);
      agents.add(new ScriptedAgent(time, network, identity, 0.001f, 20));
    }
    time.runFor(Duration.ofSeconds(2));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void everyRoundHasTheNoiseThatWasAskedForAndIsCounted() {
    train(2, noised(NOISE));

    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
    PrivacyTerms terms = agents.get(0).plans.get(0).encoding().privacy().orElseThrow();
    // Of 8, sums of 7 open, and floor(0.1 * 8) may be corrupt.
    assertThat(terms.minimumHonest()).isEqualTo(7);
    RoundCost cost = onlyCost();
    assertThat(cost.noiseMultiplier()).isBetween(1.0, 1.2);
    assertThat(cost.samplingRate()).isEqualTo(1);
    assertThat(privacy.account(DIGITS).ledger().rounds()).isEqualTo(2);
    PrivacyReport report = report();
    assertThat(report.spent(Observer.COORDINATOR))
        .isCloseTo(privacy.account(DIGITS).ledger().spent(Observer.COORDINATOR, 1e-6), within(1e-9))
        .isFinite();
    assertThat(report.assumptions()).anyMatch(line -> line.contains("the noise of 7 is certain"));
  }

  @Test
  void everyRoundIsRotatedByASeedOfItsOwn() {
    train(3, noised(NOISE));
    Set<Object> seeds = new HashSet<>();
    agents.get(0).plans.forEach(plan -> seeds.add(plan.encoding().privacy().orElseThrow()));
    assertThat(seeds).hasSize(3);
  }

  @Test
  void theCostIsOnDiskBeforeAnybodyIsAskedToUnmask() {
    train(1, noised(NOISE));
    assertThat(unmaskingRequests).isEqualTo(8);
    assertThat(roundsCountedBeforeFirst).isEqualTo(1);
  }

  @Test
  void aRoundWhoseCostCannotBeWrittenFailsByNameAndAsksNobody() {
    privacy.broken = true;
    train(1, noised(NOISE));
    assertThat(rounds())
        .isNotEmpty()
        .allMatch(
            round -> round.failure().equals(Optional.of(FailureReason.PRIVACY_COST_NOT_RECORDED)));
    assertThat(job().state()).isEqualTo(TrainingJob.State.STOPPED);
    assertThat(unmaskingRequests).isZero();
    assertThat(privacy.account(DIGITS).rounds()).isZero();
  }

  @Test
  void aRoundThatFailsBeforeItsSumCouldOpenCostsNothing() {
    agents.forEach(agent -> agent.answers = false);
    start(1, noised(NOISE));
    time.runFor(Duration.ofSeconds(5));
    coordinator.done(coordinator.operations().pauseTraining(DIGITS));
    time.runFor(Duration.ofSeconds(5));
    assertThat(rounds().get(0).failure()).contains(FailureReason.CANCELLED);
    assertThat(privacy.account(DIGITS).rounds()).isZero();
  }

  @Test
  void trainingStopsByNameWhenAnotherRoundDoesNotFitTheBudget() {
    double one = spentBy(1);
    double two = spentBy(2);
    budget((one + two) / 2, Observer.COORDINATOR);
    train(3, noised(NOISE));

    assertThat(job().state()).isEqualTo(TrainingJob.State.STOPPED);
    assertThat(job().detail()).contains("PRIVACY_BUDGET_EXHAUSTED", "EPSILON_EXHAUSTED", "is left");
    assertThat(rounds()).hasSize(1);
    assertThat(rounds().get(0).state()).isEqualTo(RoundRecord.State.COMMITTED);
    assertThat(report().spent(Observer.COORDINATOR)).isCloseTo(one, within(1e-9));
    assertThat(refusal(noised(NOISE))).isEqualTo(OperationException.Kind.BUDGET_EXHAUSTED);
  }

  @Test
  void underABudgetAPlanWithoutNoiseIsNotBegun() {
    budget(100, Observer.MODEL_CONSUMER);
    assertThat(refusal(plan(8, 7))).isEqualTo(OperationException.Kind.BUDGET_EXHAUSTED);
    assertThat(rounds()).isEmpty();
  }

  @Test
  void aBudgetThatIsLoweredWhileARoundRunsKeepsItsSumClosed() {
    agents.get(0).saying =
        message -> {
          if (message instanceof SurvivorsConfirmed) {
            privacy.setBudget(DIGITS, budgetOf(0.01));
          }
          return message;
        };
    budget(100, Observer.COORDINATOR);
    train(3, noised(NOISE));

    assertThat(rounds()).hasSize(1);
    assertThat(rounds().get(0).failure()).contains(FailureReason.PRIVACY_BUDGET_EXHAUSTED);
    assertThat(job().state()).isEqualTo(TrainingJob.State.STOPPED);
    assertThat(job().detail()).contains("PRIVACY_BUDGET_EXHAUSTED");
    assertThat(unmaskingRequests).isZero();
    assertThat(privacy.account(DIGITS).rounds()).isZero();
  }

  @Test
  void roundsWithoutNoiseAreCountedTooAndNoLaterBudgetCoversThem() {
    train(1, plan(8, 7));
    assertThat(privacy.account(DIGITS).roundsWithoutNoise()).isEqualTo(1);
    assertThat(report().spent(Observer.MODEL_CONSUMER)).isInfinite();
    budget(100, Observer.COORDINATOR);
    assertThat(refusal(noised(NOISE))).isEqualTo(OperationException.Kind.BUDGET_EXHAUSTED);
  }

  @Test
  void noiseThatNoUpdateHasRoomForIsRefusedWithTheReason() {
    TrainingPlan loud = noised(new PrivacyPlan(1000, false, Optional.empty()));
    assertThatThrownBy(() -> RoundOrders.unseededEncoding(100_000_000, loud))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no values of up to 24 bits hold 100000000 parameters");
  }

  @Test
  void theClipNormFollowsTheUpdatesAcrossARestart() {
    // All updates are far below the clip norm of 4, so it shrinks, less the noise in the share.
    PrivacyPlan adaptive =
        new PrivacyPlan(0.05, false, Optional.of(new PrivacyPlan.Clipping(0.5, 1)));
    start(4, noised(adaptive));
    time.runUntil(() -> rounds().size() == 3, Duration.ofMinutes(5));
    coordinator.kill();
    network.kill("coordinator:first");
    int before = agents.get(0).plans.size();
    coordinator = startCoordinator("second");
    time.runFor(Duration.ofMinutes(2));

    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
    List<Float> norms =
        agents.get(0).plans.stream().map(plan -> plan.encoding().clipNorm()).distinct().toList();
    assertThat(norms.get(0)).isEqualTo(4f);
    assertThat(norms).hasSizeGreaterThanOrEqualTo(4).isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(agents.get(0).plans.get(before).encoding().clipNorm()).isLessThan(4f);
    float last = norms.get(norms.size() - 1);
    assertThat(privacy.clipNorm(DIGITS).orElseThrow()).isLessThan(last);

    // A new training begins at its own.
    train(1, noised(adaptive));
    assertThat(agents.get(0).plans.get(agents.get(0).plans.size() - 1).encoding().clipNorm())
        .isEqualTo(4f);
  }

  private double spentBy(long rounds) {
    PrivacyReport report = report();
    assertThat(report.account().rounds()).isZero();
    RoundCost cost =
        RoundPricing.costOf(
                RoundOrders.unseededEncoding(parameters(), noised(NOISE)), 8, agents.size())
            .orElseThrow();
    return report.account().ledger().with(cost, rounds).spent(Observer.COORDINATOR, 1e-6);
  }

  private int parameters() {
    return coordinator.done(
                coordinator
                    .operations()
                    .artifact(
                        DIGITS,
                        coordinator
                            .done(coordinator.operations().versions(DIGITS))
                            .get(0)
                            .version(),
                        ArtifactReference.Role.WEIGHTS))
            .length
        / Float.BYTES;
  }

  private RoundCost onlyCost() {
    assertThat(privacy.account(DIGITS).ledger().counts()).hasSize(1);
    return privacy.account(DIGITS).ledger().counts().keySet().iterator().next();
  }

  private static TrainingPlan noised(PrivacyPlan noise) {
    return plan(8, 7).withPrivacy(Optional.of(noise));
  }

  private static ModelBudget budgetOf(double epsilon) {
    return new ModelBudget(new PrivacyBudget(epsilon, 1e-6), Observer.COORDINATOR);
  }

  private void budget(double epsilon, Observer observer) {
    coordinator.done(
        coordinator
            .operations()
            .setPrivacyBudget(DIGITS, new ModelBudget(new PrivacyBudget(epsilon, 1e-6), observer)));
  }

  private void start(int rounds, TrainingPlan plan) {
    coordinator.done(coordinator.operations().startTraining(DIGITS, rounds, plan));
  }

  private void train(int rounds, TrainingPlan plan) {
    start(rounds, plan);
    time.runUntil(() -> job().state() != TrainingJob.State.RUNNING, Duration.ofMinutes(10));
    time.runFor(Duration.ofSeconds(1));
  }

  private OperationException.Kind refusal(TrainingPlan plan) {
    Throwable refused =
        coordinator.failure(coordinator.operations().startTraining(DIGITS, 1, plan));
    assertThat(refused).isInstanceOf(OperationException.class);
    return ((OperationException) refused).kind();
  }

  private PrivacyReport report() {
    return coordinator.done(coordinator.operations().privacy(DIGITS));
  }

  private TrainingJob job() {
    return coordinator.done(coordinator.operations().training(DIGITS)).orElseThrow();
  }

  private List<RoundRecord> rounds() {
    return coordinator.done(coordinator.operations().rounds(DIGITS, Integer.MAX_VALUE, 100));
  }

  private CoordinatorUnderTest startCoordinator(String run) {
    return new CoordinatorUnderTest(time, network, database, directory, run, privacy);
  }

  private void observe(ObservedMessage message) {
    try {
      if (SignedMessage.readUnverified(message.publication().payload()).body()
          instanceof UnmaskingRequested) {
        roundsCountedBeforeFirst =
            unmaskingRequests++ == 0 ? privacy.account(DIGITS).rounds() : roundsCountedBeforeFirst;
      }
    } catch (DecodeException e) {
      // A topic that is emptied.
    }
  }

  /** The real store, which breaks when told to. */
  private static final class WatchedStore implements PrivacyStore {
    final PrivacyStore delegate;
    boolean broken;

    WatchedStore(PrivacyStore delegate) {
      this.delegate = delegate;
    }

    @Override
    public PrivacyAccount account(ModelName model) {
      return delegate.account(model);
    }

    @Override
    public void setBudget(ModelName model, ModelBudget budget) {
      delegate.setBudget(model, budget);
    }

    @Override
    public void charge(ModelName model, Optional<RoundCost> round) {
      if (broken) {
        throw new UncheckedIOException(new IOException("the disk is full"));
      }
      delegate.charge(model, round);
    }

    @Override
    public Optional<Float> clipNorm(ModelName model) {
      return delegate.clipNorm(model);
    }

    @Override
    public void setClipNorm(ModelName model, Optional<Float> clipNorm) {
      delegate.setClipNorm(model, clipNorm);
    }
  }
}
