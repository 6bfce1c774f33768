package io.covey.crypto.primitive;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The one form in which something is hashed or signed: a label that says what it is, then fields in
 * a fixed order, each of fixed length or after its length, so that no two different things have the
 * same bytes. Numbers are big-endian.
 *
 * <p>Belongs to one thread; not for secrets, since its buffer is not wiped.
 */
public final class Canonical {
  private byte[] bytes = new byte[256];
  private int length;

  /** Begins a statement; every kind of statement has a label of its own. */
  public Canonical(String label) {
    text(label);
  }

  public Canonical number(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  public Canonical real(double value) {
    return number(Double.doubleToLongBits(value));
  }

  public Canonical text(String value) {
    return field(value.getBytes(StandardCharsets.UTF_8));
  }

  public Canonical agent(AgentId agent) {
    return text(agent.value());
  }

  public Canonical octets(Octets value) {
    return field(value.toBytes());
  }

  private Canonical field(byte[] value) {
    room(Integer.BYTES + value.length).putInt(value.length).put(value);
    return this;
  }

  private ByteBuffer room(int more) {
    if (more > bytes.length - length) {
      // Twice the size each time; nothing here comes near 2^30 bytes.
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
    ByteBuffer room = ByteBuffer.wrap(bytes, length, more);
    length += more;
    return room;
  }

  /** What is signed: a fresh copy. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** The SHA-256 of what would be signed. */
  public Octets digest() {
    return Octets.owning(Sha256.of(ByteBuffer.wrap(bytes, 0, length)).toBytes());
  }
}
