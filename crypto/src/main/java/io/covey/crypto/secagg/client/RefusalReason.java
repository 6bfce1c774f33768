package io.covey.crypto.secagg.client;

/** Why a participant leaves a session; it answers nothing more in it. */
public enum RefusalReason {
  /** The session's descriptor is not signed by the coordinator. */
  COORDINATOR_SIGNATURE_INVALID,
  /** The descriptor is of another round, model or plan than the participant was prepared for. */
  DESCRIPTOR_UNEXPECTED,
  COHORT_TOO_SMALL,
  TOO_FEW_NEIGHBOURS,
  THRESHOLD_TOO_LOW,
  NOISE_TOO_LOW,
  /** The session assumes a weaker adversary than the participant wants to be safe from. */
  ADVERSARY_TOO_WEAK,
  /** Nothing is safe under the assumptions of the session. */
  ASSUMPTIONS_INFEASIBLE,
  /** A message has more in it than it can need. */
  OVERSIZED_MESSAGE,
  /** More or fewer participants than the descriptor allows. */
  ROSTER_SIZE,
  /** An entry of the roster is of another session. */
  ROSTER_OF_ANOTHER_SESSION,
  /** The participant is not in the roster, or with other keys than it advertised. */
  OWN_ENTRY_ALTERED,
  /** A neighbour did not sign the keys that are said to be its. */
  NEIGHBOUR_SIGNATURE_INVALID,
  /** A neighbour's key contributes nothing to a common secret. */
  NEIGHBOUR_KEY_INVALID,
  /** Two participants have one key. */
  DUPLICATE_KEY,
  /** Shares from somebody who is no neighbour. */
  SHARES_OF_A_STRANGER,
  /** Fewer than t neighbours' shares open. */
  TOO_FEW_SHARES,
  /** The survivor set is of another session or roster. */
  SURVIVORS_OF_ANOTHER_SESSION,
  /** The same participant is named as survivor and as dropped. */
  NAMED_ALIVE_AND_DEAD,
  /** Somebody in the survivor set is not in the roster. */
  SURVIVOR_NOT_IN_ROSTER,
  /** The participant itself is not named as survivor. */
  NOT_AMONG_SURVIVORS,
  /** Fewer survivors than the smallest cohort. */
  TOO_FEW_SURVIVORS,
  /** Fewer than t neighbours survive. */
  TOO_FEW_SURVIVING_NEIGHBOURS,
  /** A neighbour that the participant masked with is in neither set. */
  NEIGHBOUR_UNACCOUNTED,
  /** A neighbour is said to have shared its keys, but nothing of it was delivered. */
  SHARES_WITHHELD,
  /** Fewer than t neighbours signed the survivor set that this participant signed. */
  SURVIVORS_NOT_CONFIRMED,
  /** A decision on this session is on disk already. */
  ANSWERED_BEFORE,
  /** A second, different message where there can be only one. */
  CONFLICTING_MESSAGE,
  /** The shell ended it: deadline, shutdown, training failed. */
  CANCELLED
}
