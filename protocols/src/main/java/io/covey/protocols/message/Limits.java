package io.covey.protocols.message;

import com.google.protobuf.ByteString;

/** The one home of every bound on what a message may hold. */
public final class Limits {
  /** Every broker and cloud service takes this much (AWS IoT Core: 128 KB). */
  public static final int MESSAGE_BYTES = 120 * 1024;

  /** What a signed message has around its envelope at most: a signature, a header with names. */
  public static final int SIGNING_BYTES = 1536;

  /** What is left of a message for the envelope in it. */
  public static final int ENVELOPE_BYTES = MESSAGE_BYTES - SIGNING_BYTES;

  /** What a chunk carries, leaving room for the envelope around it. */
  public static final int CHUNK_CONTENT_BYTES = 118 * 1024;

  /** Words of 64 bits in a chunk of an update. */
  public static final int CHUNK_WORDS = CHUNK_CONTENT_BYTES / Long.BYTES;

  public static final int BOOT_ID_CHARACTERS = 64;

  /** Short enough that a report on the largest number of models fits into one message. */
  public static final int TEXT_CHARACTERS = 256;

  public static final int ARTIFACTS_PER_VERSION = 8;
  public static final int MODELS_PER_AGENT = 64;
  public static final long ARTIFACT_BYTES = 512L * 1024 * 1024;

  /** Sample inputs of a version, or what it has to answer to them, before they are sealed. */
  public static final long SAMPLE_FILE_BYTES = 1L << 20;

  /**
   * What sealing adds to the largest artifact is below this: a header, and a tag for each chunk.
   */
  public static final int SEALING_BYTES = 128 * 1024;

  /**
   * Content keys beside the manifests of a message: each model's own version, and the one that its
   * graph was sealed with.
   */
  public static final int CONTENT_KEYS = 2 * MODELS_PER_AGENT;

  /** A content key wrapped for a group, as {@code io.covey.crypto.envelope} encodes it. */
  public static final int WRAPPED_CONTENT_KEY_BYTES = 81;

  /** A group key wrapped for a device, as {@code io.covey.crypto.envelope} encodes it. */
  public static final int WRAPPED_GROUP_KEY_BYTES = 1169;

  public static final int ENCRYPTION_CERTIFICATE_BYTES = 2048;

  /** Bounds what a receiver keeps for each artifact to know which chunks it has. */
  public static final int CHUNKS_PER_ARTIFACT = 1 << 16;

  /** Where files can be had over HTTPS, in a desired state. */
  public static final int ARTIFACT_URLS = 4;

  public static final int ARTIFACT_URL_CHARACTERS = 256;

  /** What an agent asks for at a time: more than its window. */
  public static final int CHUNKS_WANTED = 64;

  public static final int PARAMETERS = 1 << 27;
  public static final int UPDATE_CHUNKS = 1 << 14;
  public static final int COHORT = 1 << 20;

  public static final int DIGEST_BYTES = 32;
  public static final int KEY_BYTES = 32;
  public static final int NONCE_BYTES = 32;
  public static final int SIGNATURE_BYTES = 64;
  public static final int CERTIFICATE_BYTES = 1024;

  /** Two shares of {@link #SHARE_BYTES} and a tag take 96. */
  public static final int SEALED_BOX_BYTES = 128;

  public static final int SHARE_BYTES = 40;

  /** What a message holds of everything that there is one of for each neighbour. */
  public static final int NEIGHBOURS = 1024;

  public static final int ROSTER_PAGE_ENTRIES = 256;
  public static final int ROSTER_PAGES = COHORT / 64;

  /**
   * How often in a round the coordinator repeats itself to one agent, and an agent itself: more
   * than connections break in one.
   */
  public static final int REPETITIONS = 16;

  /** A bit for each member of the largest cohort whose sets fit twice into a message. */
  public static final int RANK_SET_BYTES = 32 * 1024;

  private Limits() {}

  static void checkLength(String what, ByteString bytes, int expected) {
    if (bytes.size() != expected) {
      throw new IllegalArgumentException(
          what + " of " + bytes.size() + " bytes, expected " + expected);
    }
  }

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

  /** Refuses text of the wrong length, or that a log or a terminal would not show as it is. */
  static void checkText(String what, String text, int minimum, int maximum) {
    if (text.length() < minimum || text.length() > maximum) {
      throw new IllegalArgumentException(
          what + " has " + text.length() + " characters, expected " + minimum + " to " + maximum);
    }
    if (text.codePoints().anyMatch(Limits::isUnprintable)) {
      throw new IllegalArgumentException(what + " holds a control character or half a surrogate");
    }
  }

  /**
   * Text for people, made fit for a message and a log: cut to {@link #TEXT_CHARACTERS}, and with a
   * space for each control character and each lone surrogate.
   */
  public static String readable(String text) {
    StringBuilder readable = new StringBuilder(Math.min(text.length(), TEXT_CHARACTERS));
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      int characters = Character.charCount(codePoint);
      if (readable.length() + characters > TEXT_CHARACTERS) {
        break;
      }
      readable.appendCodePoint(isUnprintable(codePoint) ? ' ' : codePoint);
      i += characters;
    }
    return readable.toString();
  }

  private static boolean isUnprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
