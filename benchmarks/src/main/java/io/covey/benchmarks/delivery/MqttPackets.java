package io.covey.benchmarks.delivery;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The control packets of one direction of a connection: MQTT 5.0, section 2.1. */
final class MqttPackets {
  private static final int LARGEST_PACKET = 1 << 20;

  private final InputStream in;

  MqttPackets(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /** The next one whole, with its header; null at the end. */
  byte @Nullable [] next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    // Section 1.5.5: seven bits a byte, the lowest first, at most four bytes.
    byte[] header = new byte[5];
    header[0] = (byte) first;
    int length = 0;
    int used = 1;
    int digit = 0x80;
    while ((digit & 0x80) != 0) {
      digit = in.read();
      if (digit < 0 || used == header.length) {
        throw new EOFException("no remaining length");
      }
      length |= (digit & 0x7F) << (7 * (used - 1));
      header[used++] = (byte) digit;
    }
    if (length > LARGEST_PACKET) {
      throw new IOException("packet of " + length + " bytes, expected at most " + LARGEST_PACKET);
    }
    byte[] packet = new byte[used + length];
    System.arraycopy(header, 0, packet, 0, used);
    if (in.readNBytes(packet, used, length) < length) {
      throw new EOFException("half a packet");
    }
    return packet;
  }
}
