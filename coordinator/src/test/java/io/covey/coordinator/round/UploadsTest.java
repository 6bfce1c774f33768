package io.covey.coordinator.round;

import static io.covey.coordinator.round.RoundUnderTest.COHORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.RoundUnderTest.Update;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Masked updates of 25 words on their way in, two at a time, in three chunks each. */
class UploadsTest {
  private static final Sha256 OTHER = RoundUnderTest.digest("other");

  private RoundUnderTest round = newRound();
  private List<AgentId> cohort = List.of();
  private final List<Update> updates = new ArrayList<>();

  private static RoundUnderTest newRound() {
    return new RoundUnderTest(2, new SplittableRandom(7));
  }

  @BeforeEach
  void untilUpdatesCome() {
    round = newRound();
    cohort = round.selectAndBringTo(Stage.MASKED_INPUT);
    updates.clear();
    cohort.forEach(agent -> updates.add(round.update(agent)));
    round.effects.clear();
  }

  @Test
  void placesAreGrantedInTheOrderOfReceipts() {
    receipt(3);
    receipt(0);
    receipt(5);
    receipt(1);
    assertThat(granted()).containsExactly(agent(3), agent(0));
    chunks(0);
    assertThat(granted()).containsExactly(agent(3), agent(0), agent(5));
    chunks(3);
    assertThat(granted()).containsExactly(agent(3), agent(0), agent(5), agent(1));
  }

  @Test
  void anUpdateIsSettledOnceAllItsChunksAreHereInWhateverOrder() {
    receipt(0);
    round.on(updates.get(0).chunks().get(2));
    assertThat(round.last()).isEqualTo(new RoundEffect.AddChunk(agent(0), 2));
    round.on(updates.get(0).chunks().get(0));
    assertThat(round.all(RoundEffect.Settle.class)).isEmpty();
    assertThat(round.on(updates.get(0).chunks().get(1)))
        .containsExactly(new RoundEffect.AddChunk(agent(0), 1), new RoundEffect.Settle(agent(0)));
  }

  @Test
  void chunksThatWereNotGrantedAreRefused() {
    round.on(updates.get(0).chunks().get(0));
    assertRefused(0, RefusalReason.NOT_GRANTED);
    receipt(1);
    receipt(2);
    receipt(0);
    round.on(updates.get(0).chunks().get(0));
    assertRefused(0, RefusalReason.NOT_GRANTED);
    assertThat(round.all(RoundEffect.AddChunk.class)).isEmpty();
  }

  @Test
  void aReceiptThatComesAgainIsIgnoredAndAnotherOneDropsItsSender() {
    receipt(0);
    receipt(0);
    assertRefused(0, RefusalReason.DUPLICATE);
    assertThat(granted()).hasSize(1);
    round.on(updates.get(0).chunks().get(0));
    round.on(
        new RoundEvent.ReceiptReceived(
            withWords(updates.get(0).receipt(), 25).signed(updates.get(1).receipt().signature())));
    assertDropped(0, DropReason.CONFLICTING_DUPLICATE);
    receipt(0);
    assertRefused(0, RefusalReason.DROPPED);
  }

  @Test
  void aReceiptForAnotherLengthDropsItsSender() {
    round.on(new RoundEvent.ReceiptReceived(withWords(updates.get(0).receipt(), 24)));
    assertDropped(0, DropReason.WRONG_SHAPE);
    assertThat(granted()).isEmpty();
  }

  @Test
  void redeliveredChunksAreIgnoredAndConflictingOnesDropTheirSender() {
    receipt(0);
    round.on(updates.get(0).chunks().get(0));
    round.on(updates.get(0).chunks().get(0));
    assertRefused(0, RefusalReason.DUPLICATE);
    chunk(0, 0, 3, 10, OTHER);
    assertDropped(0, DropReason.CONFLICTING_DUPLICATE);
    round.on(updates.get(0).chunks().get(1));
    assertRefused(0, RefusalReason.DROPPED);
  }

  @Test
  void theFirstCompleteUpdateStands() {
    report(0);
    chunk(0, 0, 3, 10, OTHER);
    assertRefused(0, RefusalReason.CONFLICTING);
    round.on(updates.get(0).chunks().get(0));
    assertRefused(0, RefusalReason.DUPLICATE);
    assertThat(round.all(RoundEffect.TakeBack.class)).isEmpty();
  }

  @Test
  void wronglyShapedChunksDropTheirSender() {
    int[][] shapes = {{0, 2, 10}, {0, 3, 9}, {2, 3, 10}, {0, 1, 25}, {2, 4, 5}, {3, 3, 10}};
    for (int[] shape : shapes) {
      untilUpdatesCome();
      receipt(0);
      chunk(0, shape[0], shape[1], shape[2], OTHER);
      assertDropped(0, DropReason.WRONG_SHAPE);
    }
  }

  @Test
  void chunksThatAreNotThoseOfTheReceiptAreTakenBack() {
    receipt(0);
    round.on(updates.get(0).chunks().get(0));
    round.on(updates.get(0).chunks().get(1));
    chunk(0, 2, 3, 5, OTHER);
    assertDropped(0, DropReason.DIGEST_MISMATCH);
    assertThat(round.all(RoundEffect.Settle.class)).isEmpty();
  }

  @Test
  void aReceiptThatSomebodyElseSignedIsFoundOutWhenTheUpdateIsComplete() {
    round.on(
        new RoundEvent.ReceiptReceived(
            updates.get(0).receipt().signed(updates.get(1).receipt().signature())));
    chunks(0);
    assertDropped(0, DropReason.SIGNATURE_INVALID);
  }

  @Test
  void theOneWhoIsDroppedMakesRoomForTheNext() {
    receipt(0);
    receipt(1);
    receipt(2);
    chunk(0, 0, 9, 9, OTHER);
    assertThat(granted()).containsExactly(agent(0), agent(1), agent(2));
  }

  @Test
  void anUploadThatStandsStillIsGivenUpOnlyWhileOthersWait() {
    receipt(0);
    RoundEffect watch =
        new RoundEffect.WatchUpload(agent(0), 0, RoundUnderTest.plan().aggregation().stepPeriod());
    assertThat(round.last()).isEqualTo(watch);
    assertThat(round.on(new RoundEvent.UploadWatched(agent(0), 0))).containsExactly(watch);
    receipt(1);
    receipt(2);
    round.on(updates.get(0).chunks().get(0));
    assertThat(round.on(new RoundEvent.UploadWatched(agent(0), 0)))
        .containsExactly(
            new RoundEffect.WatchUpload(
                agent(0), 1, RoundUnderTest.plan().aggregation().stepPeriod()));
    round.on(new RoundEvent.UploadWatched(agent(0), 1));
    assertDropped(0, DropReason.UPLOAD_STALLED);
    assertThat(granted()).containsExactly(agent(0), agent(1), agent(2));
  }

  @Test
  void nobodyWatchesAnUploadThatIsOver() {
    report(0);
    assertThat(round.on(new RoundEvent.UploadWatched(agent(0), 0))).isEmpty();
    assertThat(round.on(new RoundEvent.UploadWatched(agent(6), 0))).isEmpty();
  }

  @Test
  void nobodyIsToldToUploadWhenTheTimeIsOver() {
    List.of(0, 1, 2, 3, 4, 5).forEach(this::report);
    round.on(updates.get(6).chunks().get(0));
    untilUpdatesCome();
    for (int i = 0; i < COHORT; i++) {
      receipt(i);
    }
    assertThat(granted()).hasSize(2);
    round.deadline(Stage.MASKED_INPUT);
    assertThat(granted()).hasSize(2);
    assertThat(round.all(RoundEffect.TakeBack.class)).hasSize(COHORT);
  }

  @Test
  void foreignAndLateMessagesAreRefusedUntilTheEnd() {
    AgentId stranger = new AgentId("stranger");
    round.on(new RoundEvent.ChunkReceived(stranger, 0, 3, 10, OTHER));
    assertThat(round.last()).isEqualTo(new RoundEffect.Refuse(stranger, RefusalReason.FOREIGN));
    for (int i = 0; i < COHORT; i++) {
      report(i);
    }
    assertLate();
    round.confirm(cohort);
    assertLate();
    round.release(cohort);
    round.openSecrets();
    assertLate();
    round.on(new RoundEvent.SumOpened());
    assertLate();
    round.on(new RoundEvent.VersionCommitted(new ModelVersion(2)));
    assertLate();
  }

  @Test
  void updatesAreEarlyBeforeSharesAreExchanged() {
    round = newRound();
    AgentId agent = round.select().get(0);
    round.on(new RoundEvent.ChunkReceived(agent, 0, 3, 10, OTHER));
    assertThat(round.last()).isEqualTo(new RoundEffect.Refuse(agent, RefusalReason.LATE));
  }

  private void assertLate() {
    assertThat(round.on(updates.get(1).chunks().get(0)))
        .containsExactly(new RoundEffect.Refuse(agent(1), RefusalReason.LATE));
  }

  private AgentId agent(int index) {
    return cohort.get(index);
  }

  private void report(int index) {
    receipt(index);
    chunks(index);
  }

  private void receipt(int index) {
    round.on(new RoundEvent.ReceiptReceived(updates.get(index).receipt()));
  }

  private void chunks(int index) {
    updates.get(index).chunks().forEach(round::on);
  }

  private void chunk(int agent, int index, int count, int words, Sha256 fingerprint) {
    round.on(new RoundEvent.ChunkReceived(agent(agent), index, count, words, fingerprint));
  }

  private static MaskedInputReceipt withWords(MaskedInputReceipt receipt, int words) {
    return new MaskedInputReceipt(
        receipt.session(),
        receipt.from(),
        receipt.sharesDigest(),
        words,
        receipt.digest(),
        receipt.signature());
  }

  private List<AgentId> granted() {
    return round.all(RoundEffect.GrantUpload.class).stream()
        .map(RoundEffect.GrantUpload::agent)
        .toList();
  }

  private void assertRefused(int index, RefusalReason reason) {
    assertThat(round.last()).isEqualTo(new RoundEffect.Refuse(agent(index), reason));
  }

  private void assertDropped(int index, DropReason reason) {
    assertThat(round.effects)
        .contains(
            new RoundEffect.Drop(agent(index), reason), new RoundEffect.TakeBack(agent(index)));
  }
}
