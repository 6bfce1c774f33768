package io.covey.benchmarks.secagg;

import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.InfeasibleSecAggException;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.crypto.secagg.server.ServerEvent.Stage;

/**
 * One session to measure.
 *
 * @param parameters cohort n, neighbours k, threshold t
 * @param origin where k and t come from
 * @param entries d, of every participant's vector
 * @param valueBits of an entry
 * @param dropout part of the cohort that falls silent, 0 to below 1/2, rounded down to participants
 * @param dropStep the first step of which those send nothing
 */
record SecAggCase(
    SecAggParameters parameters,
    Origin origin,
    int entries,
    int valueBits,
    double dropout,
    Stage dropStep) {
  /** Where neighbours and threshold come from. */
  enum Origin {
    /** From the assumptions; participants hold the session against them, as they always do. */
    ASSUMPTIONS,
    /** From the command line; participants take part whatever they are. */
    COMMAND_LINE
  }

  /** Corrupt part of the cohort where parameters are not given. */
  static final double CORRUPT_FRACTION = 0.1;

  /** Least dropout that parameters are made for where they are not given. */
  static final double LEAST_DROPOUT = 0.1;

  /** Within it everything that 12-bit values of a million participants need. */
  static final int MAXIMUM_VALUE_BITS = LaneLayout.MAXIMUM_VALUE_BITS;

  SecAggCase {
    // Written so that NaN is refused.
    if (!(dropout >= 0 && dropout < 0.5)) {
      throw new IllegalArgumentException("dropout is " + dropout + ", expected 0 to below 0.5");
    }
    new LaneLayout(entries, valueBits, LaneLayout.minimumLaneBits(valueBits, parameters.cohort()));
  }

  /** What a coordinator takes where nothing is said, from the fractions above. */
  static SecAggParameters usualParameters(int clients, double dropout)
      throws InfeasibleSecAggException {
    return SecAggParameters.forRosters(minimum(clients, dropout), clients, assumptions(dropout));
  }

  SecAggAssumptions assumptions() {
    return assumptions(dropout);
  }

  private static SecAggAssumptions assumptions(double dropout) {
    return SecAggAssumptions.of(
        AdversaryModel.SEMI_MALICIOUS, CORRUPT_FRACTION, Math.max(dropout, LEAST_DROPOUT));
  }

  int clients() {
    return parameters.cohort();
  }

  /** How many fall silent. */
  int dropouts() {
    return dropouts(clients(), dropout);
  }

  private static int dropouts(int clients, double dropout) {
    return (int) Math.floor(dropout * clients);
  }

  /** The fewest updates in a sum that opens. */
  int minimum() {
    return minimum(clients(), dropout);
  }

  private static int minimum(int clients, double dropout) {
    return Math.max(SecAggParameters.MINIMUM_COHORT, clients - dropouts(clients, dropout));
  }

  LaneLayout layout() {
    return new LaneLayout(entries, valueBits, LaneLayout.minimumLaneBits(valueBits, clients()));
  }

  /** The same with others, which its participants do not question. */
  SecAggCase withParameters(SecAggParameters others) {
    return new SecAggCase(others, Origin.COMMAND_LINE, entries, valueBits, dropout, dropStep);
  }
}
