package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.time.Duration;

/**
 * Everything that the participants of a session must agree on, signed by the coordinator. Its hash
 * is the session's id and goes into every key, so participants who were told different things (a
 * different model above all: Pasquini et al., CCS 2022) share no masks.
 *
 * @param terms SHA-256 of everything else that the round's plan says, {@value #TERMS_BYTES} bytes;
 *     the shells compute it, so that whoever was sent another plan shares no mask
 * @param phaseTimeout how long a step may take; whole milliseconds, at least one
 */
public record SessionDescriptor(
    FleetId fleet,
    RoundId round,
    Model model,
    Vector vector,
    Cohort cohort,
    SecAggAssumptions assumptions,
    Duration phaseTimeout,
    Octets terms) {
  public static final int TERMS_BYTES = Sha256.SIZE_BYTES;

  /** So that a chunk's bytes can be counted in an int. */
  public static final int MAXIMUM_CHUNK_WORDS = Integer.MAX_VALUE / Long.BYTES;

  /** The model that is trained, to the byte. */
  public record Model(ModelName name, ModelVersion version, Sha256 digest) {}

  /**
   * The vector that is summed.
   *
   * @param chunkWords words of each chunk in which it is sent, but the last, which may be shorter
   * @param clip largest L2 norm of an update, positive
   * @param maximumWeight largest weight of an update, at least 1
   * @param noise standard deviation of the noise that each participant adds to each entry, over the
   *     L2 sensitivity of the sum; 0 for none
   */
  public record Vector(
      LaneLayout layout, int chunkWords, double clip, int maximumWeight, double noise) {
    public Vector {
      if (chunkWords < 1 || chunkWords > MAXIMUM_CHUNK_WORDS) {
        throw new IllegalArgumentException(
            "chunks of %d words, expected 1 to %d".formatted(chunkWords, MAXIMUM_CHUNK_WORDS));
      }
      // Written so that NaN is refused.
      if (!(clip > 0 && clip < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("clip is " + clip + ", expected a positive number");
      }
      if (!(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("noise is " + noise + ", expected 0 or more");
      }
      if (maximumWeight < 1) {
        throw new IllegalArgumentException(
            "maximum weight is " + maximumWeight + ", expected at least 1");
      }
    }

    /** How many chunks the vector is sent in. */
    public int chunks() {
      return (layout.words() - 1) / chunkWords + 1;
    }
  }

  /**
   * Who must help and who must be in the sum.
   *
   * @param minimum the sum of fewer updates does not open; at least 3
   * @param maximum of participants in the roster
   * @param neighbours k: everybody if at least the size of the roster less one
   * @param threshold t, 2 to k
   */
  public record Cohort(int minimum, int maximum, int neighbours, int threshold) {
    public Cohort {
      new SecAggParameters(maximum, neighbours, threshold);
      if (minimum < SecAggParameters.MINIMUM_COHORT || minimum > maximum) {
        throw new IllegalArgumentException(
            "cohort minimum is %d, expected %d to the maximum of %d"
                .formatted(minimum, SecAggParameters.MINIMUM_COHORT, maximum));
      }
    }

    /**
     * The fewest neighbours and the lowest threshold that are safe for every roster from {@code
     * minimum} to {@code maximum}. A narrow range needs fewer.
     *
     * @throws InfeasibleSecAggException if no threshold is both safe and reachable
     */
    public static Cohort of(int minimum, int maximum, SecAggAssumptions assumptions)
        throws InfeasibleSecAggException {
      SecAggParameters least = SecAggParameters.forRosters(minimum, maximum, assumptions);
      return new Cohort(minimum, maximum, least.neighbours(), least.threshold());
    }
  }

  public SessionDescriptor {
    terms.requireLength("terms", TERMS_BYTES);
    vector.layout().requireRoomFor(cohort.maximum());
    if (phaseTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "phase timeout is " + phaseTimeout + ", expected at least a millisecond");
    }
  }

  /** What the coordinator signs. */
  public byte[] toBytes() {
    return canonical().toBytes();
  }

  /** sid: SHA-256 of {@link #toBytes()}. */
  public Octets sessionId() {
    return canonical().digest();
  }

  private Canonical canonical() {
    LaneLayout layout = vector.layout();
    return new Canonical("covey/v1/session")
        .text(fleet.value())
        .text(round.value())
        .text(model.name().value())
        .number(model.version().number())
        .text(model.digest().hex())
        .number(layout.entries())
        .number(layout.valueBits())
        .number(layout.laneBits())
        .number(vector.chunkWords())
        .real(vector.clip())
        .number(vector.maximumWeight())
        .real(vector.noise())
        .number(cohort.minimum())
        .number(cohort.maximum())
        .number(cohort.neighbours())
        .number(cohort.threshold())
        .text(assumptions.adversary().name())
        .real(assumptions.corruptFraction())
        .real(assumptions.dropoutFraction())
        .number(assumptions.privacyBits())
        .number(assumptions.correctnessBits())
        .number(phaseTimeout.toMillis())
        .octets(terms);
  }
}
