package io.covey.protocols.message;

/** The one home of every bound on what a message may hold. */
public final class Limits {
  /** Every broker and cloud service takes this much (AWS IoT Core: 128 KB). */
  public static final int MESSAGE_BYTES = 120 * 1024;

  /** What a chunk carries, leaving room for the envelope around it. */
  public static final int CHUNK_CONTENT_BYTES = 118 * 1024;

  /** Words of 64 bits in a chunk of an update. */
  public static final int CHUNK_WORDS = CHUNK_CONTENT_BYTES / Long.BYTES;

  public static final int BOOT_ID_CHARACTERS = 64;
  public static final int TEXT_CHARACTERS = 1024;
  public static final int ARTIFACTS_PER_VERSION = 8;
  public static final int MODELS_PER_AGENT = 64;
  public static final long ARTIFACT_BYTES = 512L * 1024 * 1024;
  public static final int PARAMETERS = 1 << 27;
  public static final int UPDATE_CHUNKS = 1 << 14;
  public static final int COHORT = 1 << 20;

  private Limits() {}

  static void checkRange(String what, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }

  static void checkRange(String what, double value, double minimum, double maximum) {
    // Written so that NaN is refused.
    if (!(value >= minimum && value <= maximum)) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }

  static void checkText(String what, String text, int minimum, int maximum) {
    if (text.length() < minimum || text.length() > maximum) {
      throw new IllegalArgumentException(
          what + " has " + text.length() + " characters, expected " + minimum + " to " + maximum);
    }
  }
}
