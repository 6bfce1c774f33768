package io.covey.coordinator.round;

import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Waits for enough agents, then draws the cohort at random. */
public final class Selecting implements RoundPhase {
  private final RoundSetup setup;
  private Set<AgentId> eligible = Set.of();

  private Selecting(RoundSetup setup) {
    this.setup = setup;
  }

  /** A round's first step. */
  public static Step begin(RoundSetup setup) {
    return Step.of(
        new Selecting(setup), new RoundEffect.StartSelection(setup.plan().selectionPeriod()));
  }

  @Override
  public Step on(RoundEvent event) {
    if (event instanceof RoundEvent.CandidatesChanged changed) {
      eligible = changed.eligible();
      return eligible.size() >= setup.plan().cohortSize() ? select() : Step.stay(this);
    }
    if (event instanceof RoundEvent.SelectionOver) {
      return eligible.size() >= setup.smallestCohort()
          ? select()
          : Step.of(new Failed(FailureReason.NOT_ENOUGH_AGENTS));
    }
    if (event instanceof RoundEvent.Cancelled) {
      return Step.of(new Failed(FailureReason.CANCELLED));
    }
    if (event instanceof RoundEvent.ChunkReceived chunk) {
      return Step.of(this, new RoundEffect.Refuse(chunk.agent(), RefusalReason.FOREIGN));
    }
    return Step.stay(this);
  }

  /**
   * The first entries of a Fisher-Yates shuffle over the sorted ids: the same seed, the same
   * cohort.
   */
  private Step select() {
    List<AgentId> pool = new ArrayList<>(new TreeSet<>(eligible));
    int size = Math.min(setup.plan().cohortSize(), pool.size());
    for (int i = 0; i < size; i++) {
      int j = i + setup.selection().nextInt(pool.size() - i);
      AgentId drawn = pool.set(j, pool.get(i));
      pool.set(i, drawn);
    }
    return Summing.begin(setup, pool.subList(0, size));
  }
}
