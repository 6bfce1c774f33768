package io.covey.crypto.identity;

/** What a {@link CertifiedDirectory} says to a certificate. */
public enum Admission {
  /** The agent is known by it from now on, or was before. */
  ACCEPTED,
  /** It is for another fleet. */
  WRONG_FLEET,
  /** It is for another agent than the one that it came from. */
  WRONG_AGENT,
  /** It has ended or has not begun, by the clock here. */
  NOT_VALID_NOW,
  /** The authority has revoked it. */
  REVOKED,
  /** The authority did not sign it. */
  BAD_SIGNATURE,
  /** Another one of this agent is known that is as new or newer. */
  NOT_NEWER
}
