package io.covey.protocols.message;

/**
 * One message with what orders it.
 *
 * @param bootId names one run of the sender: 1 to 64 characters
 * @param sequence rises with every message of that run; receivers apply by (bootId, sequence)
 */
public record Envelope(String bootId, long sequence, Message body) {
  public Envelope {
    Limits.checkText("boot id", bootId, 1, Limits.BOOT_ID_CHARACTERS);
    Limits.checkRange("sequence", sequence, 0, Long.MAX_VALUE);
  }
}
