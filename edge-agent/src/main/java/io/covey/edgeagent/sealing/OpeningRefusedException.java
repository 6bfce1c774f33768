package io.covey.edgeagent.sealing;

import java.io.IOException;

/** A file cannot be opened, or may not be used. The message is for people, and names no secret. */
public final class OpeningRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean keyMissing;

  private OpeningRefusedException(String message, boolean keyMissing) {
    super(message);
    this.keyMissing = keyMissing;
  }

  /** The file itself is not what it should be. */
  static OpeningRefusedException ofFile(String message) {
    return new OpeningRefusedException(message, false);
  }

  /** A key is not there, or does not open what it should; another may come. */
  static OpeningRefusedException ofKey(String message) {
    return new OpeningRefusedException(message, true);
  }

  /** Whether another key would help. */
  public boolean keyMissing() {
    return keyMissing;
  }
}
