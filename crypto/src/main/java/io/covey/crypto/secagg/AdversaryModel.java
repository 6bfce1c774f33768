package io.covey.crypto.secagg;

/** What the coordinator and the participants that help it may do (Bell et al., section 2). */
public enum AdversaryModel {
  /** They follow the protocol and pool what they see. */
  SEMI_HONEST,
  /**
   * As above while keys are advertised, anything from then on: a coordinator that tells different
   * participants different survivors, for example.
   */
  SEMI_MALICIOUS
}
