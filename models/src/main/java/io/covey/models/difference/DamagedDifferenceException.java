package io.covey.models.difference;

/** What was read is no difference, or not one to this file. The message is for people. */
public final class DamagedDifferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedDifferenceException(String what) {
    super("the difference is damaged: " + what);
  }
}
