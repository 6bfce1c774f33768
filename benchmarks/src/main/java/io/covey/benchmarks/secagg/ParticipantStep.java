package io.covey.benchmarks.secagg;

/** What a participant's CPU time goes into, in the order of a session. */
enum ParticipantStep implements CostStep {
  /** Checks the offer, makes and signs public keys. */
  ADVERTISE_KEYS("advertiseKeys"),
  /** Checks the roster, splits and seals its secrets. */
  SHARE_KEYS("shareKeys"),
  /** Opens its neighbours' shares and agrees on the seeds of masks. */
  OPEN_SHARES("openShares"),
  /** Packs entries into lanes. */
  PACKING("packing"),
  /** Expands masks, adds them, and writes words as bytes. */
  MASKING("masking"),
  /** Hashes the masked chunks. */
  HASHING("hashing"),
  /** Signs its receipt for the masked vector. */
  MASKED_INPUT("maskedInput"),
  CONSISTENCY_CHECK("consistencyCheck"),
  UNMASKING("unmasking");

  private final String label;

  ParticipantStep(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
