package io.covey.crypto.release;

/** Who says what (TUF 1.0, section 2.1). The root's own document names the keys of all four. */
public enum Role {
  /** Says which keys the roles have. Its keys stay offline. */
  ROOT(1),
  /** Says what is released, or delegates a family of models to others. */
  TARGETS(2),
  /** Says which version of every targets document belongs together. */
  SNAPSHOT(3),
  /** Says, often, which snapshot is the latest. */
  TIMESTAMP(4);

  private final int code;

  Role(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
