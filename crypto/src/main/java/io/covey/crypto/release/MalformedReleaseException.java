package io.covey.crypto.release;

import java.io.Serial;

/** Bytes that are no metadata: the only thing that readers of this package throw. */
public final class MalformedReleaseException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  MalformedReleaseException(String message) {
    super(message);
  }

  MalformedReleaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
