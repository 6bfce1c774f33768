package io.covey.protocols.message;

import com.google.protobuf.ByteString;

/**
 * The fleet's key of an epoch for one agent: topic {@code down/key}, retained; the highest epoch
 * wins.
 *
 * @param epoch 1 or more; one more with every revocation
 * @param wrapped the key, {@link Limits#WRAPPED_GROUP_KEY_BYTES}
 */
public record GroupKeyGranted(long epoch, ByteString wrapped) implements Message {
  public GroupKeyGranted {
    Limits.checkRange("epoch of the fleet's key", epoch, 1, Long.MAX_VALUE);
    Limits.checkLength("wrapped group key", wrapped, Limits.WRAPPED_GROUP_KEY_BYTES);
  }
}
