package io.covey.benchmarks.secagg;

/** What the coordinator's CPU time goes into, in the order of a session. */
enum CoordinatorStep implements CostStep {
  ADVERTISE_KEYS("advertiseKeys"),
  SHARE_KEYS("shareKeys"),
  /** Hashes the masked chunks. */
  HASHING("hashing"),
  /** Checks receipts. */
  MASKED_INPUT("maskedInput"),
  /** Adds masked vectors to the sum. */
  ADDING("adding"),
  CONSISTENCY_CHECK("consistencyCheck"),
  /** Collects shares. */
  UNMASKING("unmasking"),
  /** Opens secrets and agrees on the seeds of masks that have lost their other half. */
  OPENING_SECRETS("openingSecrets"),
  /** Expands masks and takes them off the sum. */
  REMOVING_MASKS("removingMasks"),
  /** Takes entries out of the lanes of the sum. */
  UNPACKING("unpacking");

  private final String label;

  CoordinatorStep(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
