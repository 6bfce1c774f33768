package io.covey.edgeagent.session;

import static io.covey.edgeagent.session.SessionFixtures.desired;
import static io.covey.edgeagent.session.SessionFixtures.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.session.TwinEffect.CancelFetch;
import io.covey.edgeagent.session.TwinEffect.Discard;
import io.covey.edgeagent.session.TwinEffect.Fetch;
import io.covey.edgeagent.session.TwinEffect.Load;
import io.covey.edgeagent.session.TwinEffect.Report;
import io.covey.edgeagent.session.TwinEffect.Retire;
import io.covey.edgeagent.session.TwinEffect.Serve;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TwinTest {
  private static final ModelManifest ONE = manifest("digits", 1);
  private static final ModelManifest TWO = manifest("digits", 2);
  private static final ModelManifest THREE = manifest("digits", 3);
  private static final ModelManifest OTHER = manifest("words", 1);

  private Twin twin = Twin.empty();

  private List<TwinEffect> on(TwinEvent event) {
    Step<Twin, TwinEffect> step = twin.on(event);
    twin = step.next();
    return step.effects();
  }

  private List<TwinEffect> want(long revision, ModelManifest... models) {
    return on(new TwinEvent.Desired(desired(revision, models)));
  }

  private void serve(ModelManifest manifest, long revision) {
    want(revision, manifest);
    on(new TwinEvent.Fetched(manifest));
    on(new TwinEvent.Loaded(manifest));
  }

  private static ModelState state(ModelManifest m, Status status, String detail) {
    return new ModelState(m.model(), m.version(), status, detail);
  }

  @Test
  void aWantedVersionIsFetchedThenLoadedThenServed() {
    assertThat(want(1, ONE)).containsExactly(new Fetch(ONE), new Report());
    assertThat(twin.report(true))
        .isEqualTo(new ReportedState(1, List.of(state(ONE, Status.FETCHING, "")), true));
    assertThat(on(new TwinEvent.Fetched(ONE))).containsExactly(new Load(ONE));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(false))
        .isEqualTo(new ReportedState(1, List.of(state(ONE, Status.SERVING, "")), false));
  }

  @Test
  void theOldVersionIsServedUntilTheNewOneIsLoaded() {
    serve(ONE, 1);
    assertThat(want(2, TWO)).containsExactly(new Fetch(TWO), new Report());
    assertThat(twin.served()).containsExactly(ONE);
    assertThat(twin.report(true).models())
        .containsExactly(state(ONE, Status.SERVING, ""), state(TWO, Status.FETCHING, ""));
    on(new TwinEvent.Fetched(TWO));
    assertThat(twin.served()).containsExactly(ONE);
    on(new TwinEvent.Loaded(TWO));
    assertThat(twin.served()).containsExactly(TWO);
  }

  @Test
  void theSameDesiredStateAgainChangesNothing() {
    want(5, ONE);
    assertThat(want(5, ONE)).isEmpty();
    assertThat(want(5, TWO)).isEmpty();
    assertThat(want(4, TWO)).isEmpty();
    assertThat(twin.report(true).desiredRevision()).isEqualTo(5);
  }

  @Test
  void aHigherRevisionOfTheSameContentIsAnsweredWithoutFetchingAgain() {
    want(1, ONE);
    assertThat(want(2, ONE)).containsExactly(new Report());
    assertThat(twin.report(true).desiredRevision()).isEqualTo(2);
  }

  @Test
  void aVersionThatIsOvertakenIsNoLongerFetched() {
    want(1, ONE);
    assertThat(want(2, TWO)).containsExactly(new CancelFetch(ONE), new Fetch(TWO), new Report());
    assertThat(on(new TwinEvent.Fetched(ONE))).isEmpty();
    assertThat(on(new TwinEvent.Failed(ONE, "too late"))).isEmpty();
  }

  @Test
  void aVersionThatIsOvertakenWhileItLoadsIsDiscarded() {
    want(1, ONE);
    on(new TwinEvent.Fetched(ONE));
    assertThat(want(2, TWO)).containsExactly(new Fetch(TWO), new Report());
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Discard(ONE));
    on(new TwinEvent.Fetched(TWO));
    assertThat(on(new TwinEvent.Loaded(TWO))).containsExactly(new Serve(TWO), new Report());
  }

  @Test
  void goingBackToTheServedVersionNeedsNoFetch() {
    serve(ONE, 1);
    want(2, TWO);
    assertThat(want(3, ONE)).containsExactly(new CancelFetch(TWO), new Report());
    assertThat(twin.report(true).models()).containsExactly(state(ONE, Status.SERVING, ""));
  }

  @Test
  void aRefusedVersionIsReportedAndTheOldOneServesOn() {
    serve(ONE, 1);
    want(2, TWO);
    assertThat(on(new TwinEvent.Failed(TWO, "wrong digest"))).containsExactly(new Report());
    assertThat(twin.report(true).models())
        .containsExactly(
            state(ONE, Status.SERVING, ""), state(TWO, Status.REFUSED, "wrong digest"));
    assertThat(want(3, TWO)).containsExactly(new Report());
    assertThat(want(4, THREE)).containsExactly(new Fetch(THREE), new Report());
    assertThat(twin.served()).containsExactly(ONE);
  }

  @Test
  void aRefusalIsCutToWhatAMessageHolds() {
    want(1, ONE);
    on(new TwinEvent.Failed(ONE, "x".repeat(5000)));
    assertThat(twin.report(true).models().get(0).detail()).hasSize(256);
  }

  @Test
  void aModelThatIsNoLongerWantedIsRetired() {
    serve(ONE, 1);
    assertThat(want(2, OTHER))
        .containsExactly(new Retire(ONE.model()), new Fetch(OTHER), new Report());
    assertThat(want(3)).containsExactly(new CancelFetch(OTHER), new Report());
    assertThat(twin.models()).isEmpty();
    assertThat(on(new TwinEvent.Fetched(OTHER))).isEmpty();
  }

  @Test
  void whatWasServedBeforeTheRestartIsServedBeforeAnythingIsHeard() {
    assertThat(on(new TwinEvent.Restored(List.of(ONE, OTHER))))
        .containsExactly(new Fetch(ONE), new Fetch(OTHER));
    on(new TwinEvent.Fetched(ONE));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(true).desiredRevision()).isZero();
    // Even a desired state of revision 0 is news after that.
    assertThat(want(0, ONE)).containsExactly(new CancelFetch(OTHER), new Report());
    assertThat(twin.served()).containsExactly(ONE);
  }

  @Test
  void whatAnsweredBeforeTheRestartAnswersWhileAnotherVersionIsOnItsWay() {
    on(new TwinEvent.Restored(List.of(ONE)));
    assertThat(want(1, TWO)).containsExactly(new Fetch(TWO), new Report());
    assertThat(on(new TwinEvent.Fetched(ONE))).containsExactly(new Load(ONE));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(true).models())
        .containsExactly(state(ONE, Status.SERVING, ""), state(TWO, Status.FETCHING, ""));
    on(new TwinEvent.Fetched(TWO));
    assertThat(on(new TwinEvent.Loaded(TWO))).containsExactly(new Serve(TWO), new Report());
    assertThat(twin.served()).containsExactly(TWO);
    assertThat(twin.restoring()).isEmpty();
  }

  @Test
  void whatIsBeingLoadedAfterTheRestartAnswersAlthoughAnotherVersionIsWanted() {
    on(new TwinEvent.Restored(List.of(ONE)));
    on(new TwinEvent.Fetched(ONE));
    assertThat(want(1, TWO)).containsExactly(new Fetch(TWO), new Report());
    assertThat(want(2, ONE)).containsExactly(new CancelFetch(TWO), new Report());
    assertThat(want(3, THREE)).containsExactly(new Fetch(THREE), new Report());
    on(new TwinEvent.Failed(THREE, "wrong digest"));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(true).models())
        .containsExactly(
            state(ONE, Status.SERVING, ""), state(THREE, Status.REFUSED, "wrong digest"));
  }

  @Test
  void whatAnsweredBeforeTheRestartIsWantedAgainBeforeItAnswers() {
    on(new TwinEvent.Restored(List.of(ONE)));
    on(new TwinEvent.Fetched(ONE));
    want(1, TWO);
    want(2, ONE);
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(true).models()).containsExactly(state(ONE, Status.SERVING, ""));
  }

  @Test
  void whatAnsweredBeforeTheRestartIsNotNeededOnceTheWantedVersionAnswers() {
    on(new TwinEvent.Restored(List.of(ONE)));
    want(1, TWO);
    on(new TwinEvent.Fetched(TWO));
    assertThat(on(new TwinEvent.Loaded(TWO)))
        .containsExactly(new CancelFetch(ONE), new Serve(TWO), new Report());
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Discard(ONE));
  }

  @Test
  void whatAnsweredBeforeTheRestartMayFailAndBeNoLongerWanted() {
    on(new TwinEvent.Restored(List.of(ONE, OTHER)));
    want(1, TWO, OTHER);
    assertThat(on(new TwinEvent.Failed(ONE, "gone"))).isEmpty();
    assertThat(twin.restoring()).containsOnlyKeys(OTHER.model());
    assertThat(want(2, TWO)).containsExactly(new CancelFetch(OTHER), new Report());
    assertThat(twin.restoring()).isEmpty();
    on(new TwinEvent.Fetched(TWO));
    assertThat(on(new TwinEvent.Loaded(TWO))).containsExactly(new Serve(TWO), new Report());
  }

  @Test
  void whatWasReturnedToAnswersAfterARestartWhileAnotherVersionIsOnItsWay() {
    on(new TwinEvent.Restored(List.of(ONE), List.of(TWO_FAILED)));
    assertThat(want(7, THREE)).containsExactly(new Fetch(THREE), new Report());
    assertThat(on(new TwinEvent.Fetched(ONE))).containsExactly(new Load(ONE));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.served()).containsExactly(ONE);
  }

  @Test
  void whatWasServedBeforeComesTooLateAfterADesiredState() {
    want(1, TWO);
    assertThat(on(new TwinEvent.Restored(List.of(ONE)))).isEmpty();
  }

  @Test
  void secondLoadsOfTheServedVersionAreDiscarded() {
    serve(ONE, 1);
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Discard(ONE));
    assertThat(twin.served()).containsExactly(ONE);
  }

  /** A world that carries effects out in any order always ends where the coordinator wants it. */
  @Test
  void anyOrderOfEventsEndsAtTheHighestRevision() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      World world = new World(random);
      for (int revision = 1; revision <= 12; revision++) {
        DesiredState state = desired(revision, randomModels(random));
        world.events.add(new TwinEvent.Desired(state));
        if (random.nextInt(3) == 0) {
          world.events.add(new TwinEvent.Desired(state));
        }
        if (random.nextBoolean()) {
          world.settle();
        }
      }
      world.events.add(new TwinEvent.Desired(desired(100, THREE, OTHER)));
      world.settle();
      assertThat(world.serving).as("seed %d", seed).containsExactlyInAnyOrder(THREE, OTHER);
      assertThat(world.twin.served()).as("seed %d", seed).containsExactlyInAnyOrder(THREE, OTHER);
      assertThat(world.loaded).as("seed %d", seed).isEmpty();
    }
  }

  private static ModelManifest[] randomModels(Random random) {
    List<ModelManifest> models = new ArrayList<>();
    if (random.nextInt(4) > 0) {
      models.add(List.of(ONE, TWO, THREE).get(random.nextInt(3)));
    }
    if (random.nextBoolean()) {
      models.add(OTHER);
    }
    return models.toArray(new ModelManifest[0]);
  }

  /** Carries effects out late and in any order, and checks what must always hold. */
  private static final class World implements TwinEffect.Actions {
    private final Random random;
    private final List<TwinEvent> events = new ArrayList<>();
    private final Set<ModelManifest> fetching = new HashSet<>();
    private final List<ModelManifest> loaded = new ArrayList<>();
    private final Set<ModelManifest> serving = new HashSet<>();
    private Twin twin = Twin.empty();

    World(Random random) {
      this.random = random;
    }

    void settle() {
      while (!events.isEmpty()) {
        Collections.shuffle(events, random);
        TwinEvent event = events.remove(0);
        if (event instanceof TwinEvent.Fetched fetched && !fetching.remove(fetched.manifest())) {
          continue;
        }
        if (event instanceof TwinEvent.Loaded done) {
          loaded.add(done.manifest());
        }
        Step<Twin, TwinEffect> step = twin.on(event);
        twin = step.next();
        step.effects().forEach(effect -> effect.perform(this));
        assertThat(serving).containsExactlyInAnyOrderElementsOf(twin.served());
      }
    }

    @Override
    public void fetch(ModelManifest manifest) {
      assertThat(fetching.add(manifest)).isTrue();
      events.add(new TwinEvent.Fetched(manifest));
    }

    @Override
    public void cancelFetch(ModelManifest manifest) {
      assertThat(fetching.remove(manifest)).isTrue();
      events.remove(new TwinEvent.Fetched(manifest));
    }

    @Override
    public void load(ModelManifest manifest) {
      events.add(new TwinEvent.Loaded(manifest));
    }

    @Override
    public void serve(ModelManifest manifest) {
      assertThat(loaded.remove(manifest)).isTrue();
      serving.removeIf(m -> m.model().equals(manifest.model()));
      serving.add(manifest);
    }

    @Override
    public void discard(ModelManifest manifest) {
      assertThat(loaded.remove(manifest)).isTrue();
    }

    @Override
    public void retire(ModelName model) {
      assertThat(serving.removeIf(m -> m.model().equals(model))).isTrue();
    }

    @Override
    public void report() {
      assertThat(twin.report(true).models()).hasSizeLessThanOrEqualTo(128);
    }
  }

  private static final ReturnedVersion TWO_FAILED =
      new ReturnedVersion(TWO, Optional.of(ONE), OptionalLong.of(20), "it failed");

  /** Version 2 answers under revision 2 and fails its probation. */
  private List<TwinEffect> failProbation() {
    serve(ONE, 1);
    serve(TWO, 2);
    return on(new TwinEvent.Returned(TWO_FAILED, ONE));
  }

  @Test
  void aVersionThatFailsItsProbationAnswersUntilTheOneBeforeIsBack() {
    assertThat(failProbation()).containsExactly(new Fetch(ONE), new Report());
    assertThat(twin.served()).containsExactly(TWO);
    assertThat(on(new TwinEvent.Fetched(ONE))).containsExactly(new Load(ONE));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(false).models())
        .containsExactly(state(ONE, Status.SERVING, ""), state(TWO, Status.REFUSED, "it failed"));
  }

  @Test
  void whatCannotReturnGoesOnAndSaysSo() {
    failProbation();
    assertThat(on(new TwinEvent.Failed(ONE, "gone"))).containsExactly(new Report());
    assertThat(twin.served()).containsExactly(TWO);
    assertThat(twin.report(false).models())
        .containsExactly(state(TWO, Status.REFUSED, "it failed; the version before: gone"));
  }

  @Test
  void anotherVersionMayBeWantedWhileOneReturns() {
    failProbation();
    assertThat(want(3, THREE))
        .containsExactly(new CancelFetch(ONE), new Fetch(THREE), new Report());
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Discard(ONE));
    on(new TwinEvent.Fetched(THREE));
    on(new TwinEvent.Loaded(THREE));
    assertThat(twin.served()).containsExactly(THREE);
  }

  @Test
  void aModelThatIsReturningMayBeNoLongerWanted() {
    failProbation();
    assertThat(want(3))
        .containsExactly(new CancelFetch(ONE), new Retire(TWO.model()), new Report());
  }

  @Test
  void aFailureOfAVersionThatNoLongerAnswersChangesNothing() {
    serve(TWO, 1);
    serve(THREE, 2);
    assertThat(on(new TwinEvent.Returned(TWO_FAILED, ONE))).isEmpty();
  }

  private void finishReturn() {
    on(new TwinEvent.Fetched(ONE));
    on(new TwinEvent.Loaded(ONE));
    assertThat(twin.served()).containsExactly(ONE);
  }

  private List<TwinEffect> release(ModelManifest manifest, long counter) {
    return on(new TwinEvent.Released(manifest, counter));
  }

  @Test
  void newerStatesThatNameTheFailedVersionAreNoReasonToTryItAgain() {
    failProbation();
    finishReturn();
    assertThat(want(2, TWO)).isEmpty();
    assertThat(want(3, TWO)).containsExactly(new Report());
    assertThat(want(4, TWO, OTHER)).containsExactly(new Fetch(OTHER), new Report());
    assertThat(twin.served()).containsExactly(ONE);
    assertThat(twin.report(false).models())
        .containsExactly(
            state(ONE, Status.SERVING, ""),
            state(TWO, Status.REFUSED, "it failed"),
            state(OTHER, Status.FETCHING, ""));
  }

  @Test
  void aReleaseOfTheFailedVersionUnderAHigherCounterCountsAsToldTo() {
    failProbation();
    finishReturn();
    assertThat(release(TWO, 19)).isEmpty();
    assertThat(release(TWO, 20)).isEmpty();
    assertThat(release(THREE, 21)).isEmpty();
    assertThat(release(TWO, 21)).containsExactly(new Fetch(TWO), new Report());
    assertThat(twin.returned()).isEmpty();
    assertThat(twin.served()).containsExactly(ONE);
    assertThat(release(TWO, 22)).isEmpty();
  }

  @Test
  void whatIsReleasedAnewWhileItIsReturnedFromIsTriedOnceTheOneBeforeIsBack() {
    failProbation();
    assertThat(release(TWO, 21)).isEmpty();
    finishReturn();
    assertThat(release(TWO, 21)).containsExactly(new Fetch(TWO), new Report());
  }

  @Test
  void whatIsReleasedAnewBeforeItIsWantedAgainIsTriedWhenItIs() {
    failProbation();
    finishReturn();
    want(3, ONE);
    assertThat(release(TWO, 21)).isEmpty();
    assertThat(want(4, TWO)).containsExactly(new Fetch(TWO), new Report());
  }

  /** Of a file that an earlier agent wrote, or from before the fleet signed releases. */
  @Test
  void aFailedVersionWhoseReleaseIsNotKnownIsOfTheFirstThatIsHeardOf() {
    serve(ONE, 1);
    serve(TWO, 2);
    on(
        new TwinEvent.Returned(
            new ReturnedVersion(TWO, Optional.of(ONE), OptionalLong.empty(), "it failed"), ONE));
    finishReturn();
    assertThat(release(TWO, 20)).isEmpty();
    assertThat(twin.returned().values()).containsExactly(TWO_FAILED);
    assertThat(release(TWO, 20)).isEmpty();
    assertThat(release(TWO, 21)).containsExactly(new Fetch(TWO), new Report());
  }

  @Test
  void aFailedVersionIsNotTriedAgainAfterOthersEither() {
    failProbation();
    finishReturn();
    serve(THREE, 3);
    assertThat(want(4, TWO)).containsExactly(new Report());
    assertThat(twin.served()).containsExactly(THREE);
    want(5);
    assertThat(want(6, TWO)).containsExactly(new Report());
    // Nobody returns any more to what was before it, and it need not be kept.
    assertThat(twin.returned()).containsEntry(TWO.model(), TWO_FAILED.withoutBack());
  }

  @Test
  void whatIsOnItsWayIsGivenUpWhenTheFailedVersionIsNamedAgain() {
    failProbation();
    finishReturn();
    want(3, THREE);
    assertThat(want(4, TWO)).containsExactly(new CancelFetch(THREE), new Report());
    assertThat(twin.report(false).models())
        .containsExactly(state(ONE, Status.SERVING, ""), state(TWO, Status.REFUSED, "it failed"));
  }

  @Test
  void afterARestartTheFailedVersionIsRefusedUnderAnyRevision() {
    assertThat(on(new TwinEvent.Restored(List.of(ONE), List.of(TWO_FAILED))))
        .containsExactly(new Fetch(ONE));
    assertThat(twin.report(false).models())
        .containsExactly(state(TWO, Status.REFUSED, "it failed"));
    assertThat(want(7, TWO)).containsExactly(new Report());
    on(new TwinEvent.Fetched(ONE));
    assertThat(on(new TwinEvent.Loaded(ONE))).containsExactly(new Serve(ONE), new Report());
    assertThat(twin.report(false).models())
        .containsExactly(state(ONE, Status.SERVING, ""), state(TWO, Status.REFUSED, "it failed"));
    assertThat(want(8, TWO)).containsExactly(new Report());
  }

  @Test
  void afterARestartWhatHasAnsweredSinceTheReturnAnswersAgain() {
    ReturnedVersion longAgo = TWO_FAILED.withoutBack();
    on(new TwinEvent.Restored(List.of(THREE), List.of(longAgo)));
    assertThat(want(9, THREE)).containsExactly(new Report());
    on(new TwinEvent.Fetched(THREE));
    assertThat(on(new TwinEvent.Loaded(THREE))).containsExactly(new Serve(THREE), new Report());
    assertThat(want(10, TWO)).containsExactly(new Report());
  }
}
