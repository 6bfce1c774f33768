package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;

/** Bytes from one form to the other. */
final class WireOctets {
  private WireOctets() {}

  static ByteString of(Octets octets) {
    return ByteString.copyFrom(octets.toBytes());
  }

  /** For shares that are released; the message is public to whoever receives it. */
  static ByteString of(SecretBytes released) {
    return ByteString.copyFrom(released.reveal());
  }

  static Octets octets(ByteString bytes) {
    return Octets.owning(bytes.toByteArray());
  }

  static SecretBytes secret(ByteString bytes) {
    return SecretBytes.owning(bytes.toByteArray());
  }
}
