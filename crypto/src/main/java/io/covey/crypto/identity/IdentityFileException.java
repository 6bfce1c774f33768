package io.covey.crypto.identity;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file with keys cannot be used. Says which, why and what to do, and nothing of what is in it.
 */
public final class IdentityFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Without a cause where that could quote the file.
   *
   * @param problem follows the file's name, without a final stop: "is damaged; ..."
   */
  public IdentityFileException(Path file, String problem) {
    super(file + " " + problem);
  }

  public IdentityFileException(Path file, String problem, IOException cause) {
    super(file + " " + problem, cause);
  }
}
