package io.covey.crypto.release;

/**
 * Nothing new is taken, and whatever serves goes on serving: no metadata, and no lack of it, ever
 * stops a device.
 *
 * @param detail for people: what was found and what was expected
 */
public record KeepServing(Reason reason, String detail) implements Update, Selection {

  /** Why nothing is taken. */
  public enum Reason {
    /** No metadata, or too much of it. */
    MALFORMED,
    /** Fewer of the role's keys have signed than have to. */
    NOT_SIGNED,
    /** Of another fleet. */
    OTHER_FLEET,
    /** Not the root that comes next. */
    NOT_THE_NEXT_ROOT,
    /** Older than what was seen before. */
    ROLLBACK,
    /** The same version as before, with other content. */
    CONFLICTING,
    /** Not the document that the signed reference means. */
    NOT_AS_REFERENCED,
    /** Too old, or the clock is ahead. */
    EXPIRED,
    /** Signed in the future: the clock is behind. */
    CLOCK_BEHIND,
    /** A document that is needed is not there yet. */
    INCOMPLETE,
    /** Nothing is released of the model. */
    NO_RELEASE,
    /** What is released is for other hardware. */
    OTHER_HARDWARE,
    /** What is released is for other devices. */
    OTHER_DEVICE,
    /** A release that was taken before had a higher counter. */
    OLD_RELEASE,
    /** The release was taken before. */
    ALREADY_TAKEN
  }
}
