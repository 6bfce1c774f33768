package io.covey.crypto.message;

import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.message.TrustDocument;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long what is said counts. A round's messages count as long as the plan allows the round to
 * take, which this object notes when the plan passes.
 *
 * <p>Belongs to one thread.
 */
public final class MessageLifetimes {
  /**
   * Of what stays with the broker for whoever comes: chunks, which their digest names, documents of
   * releases, which say themselves how long they count, and an agent's will, which is signed before
   * the agent connects.
   */
  public static final Duration RETAINED = Duration.ofDays(3650);

  /**
   * Of a greeting: short, so that an agent whose clock is ahead finds it out. One that comes later
   * is said again when the agent is next heard.
   */
  static final Duration GREETING = Duration.ofMinutes(1);

  /** Of states that the broker keeps, and the next one replaces. */
  private static final Duration RETAINED_STATE = Duration.ofDays(30);

  private static final Duration TELEMETRY = Duration.ofMinutes(5);
  private static final Duration STATE = Duration.ofDays(1);
  private static final Duration UNKNOWN_ROUND = Duration.ofHours(1);

  /** Steps of a round that end at a phase timeout, and some to spare for the selection. */
  private static final int PHASES = 10;

  private static final int ROUNDS_KNOWN = 64;

  private final Map<RoundId, Duration> rounds = new LinkedHashMap<>();

  /** How long a message counts that is said now. */
  public Duration of(Message message) {
    if (message instanceof RoundMessage said) {
      note(message);
      return rounds.getOrDefault(said.round(), UNKNOWN_ROUND);
    }
    if (message instanceof ArtifactChunk || message instanceof TrustDocument) {
      return RETAINED;
    }
    if (message instanceof DesiredState
        || message instanceof GroupKeyGranted
        || message instanceof Presence) {
      return RETAINED_STATE;
    }
    return message instanceof Telemetry ? TELEMETRY : STATE;
  }

  /** Notes how long a round may take, if this is its plan. */
  public void note(Message message) {
    if (message instanceof RoundPlan plan) {
      Duration phases = plan.aggregation().phaseTimeout().multipliedBy(PHASES);
      rounds.put(plan.round(), plan.reportingPeriod().plus(phases));
      if (rounds.size() > ROUNDS_KNOWN) {
        rounds.remove(rounds.keySet().iterator().next());
      }
    }
  }
}
