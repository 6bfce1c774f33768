package io.covey.edgeagent.artifacts;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Which blocks of a staged file are on the disk, and what they were: the bitmap of a delivery, with
 * a slot for each block instead of a bit.
 *
 * <pre>
 *   slot i, at 20 i:   16 bytes   SHA-256 of block i, cut
 *                       4 bytes   CRC-32C over the artifact's digest, length and chunk size, i, and
 *                                 the 16 bytes before, big-endian
 * </pre>
 *
 * <p>A block is there when its slot is right. A slot that a crash tore, that is missing because the
 * file is too short, or that belongs to another artifact is not right, and its block is fetched
 * again; no slot depends on another. The cut digest is not there for security, which is the whole
 * file's digest's business: it tells which blocks a disk has damaged since.
 *
 * <p>Not safe for several threads.
 */
final class BlockNotes implements AutoCloseable {
  private static final int HASH_BYTES = 16;
  static final int SLOT_BYTES = HASH_BYTES + Integer.BYTES;

  private final FileChannel channel;
  private final ArtifactReference artifact;
  private final byte[][] hashes;

  private BlockNotes(FileChannel channel, ArtifactReference artifact) {
    this.channel = channel;
    this.artifact = artifact;
    this.hashes = new byte[artifact.chunkCount()][];
  }

  /** Opens the notes at {@code path}, or makes them, and reads what is right in them. */
  static BlockNotes open(Path path, ArtifactReference artifact) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      BlockNotes notes = new BlockNotes(channel, artifact);
      notes.read();
      return notes;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(hashes.length * SLOT_BYTES);
    long position = 0;
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, position);
      if (count < 0) {
        break;
      }
      position += count;
    }
    bytes.flip();
    for (int i = 0; i < hashes.length && bytes.remaining() >= SLOT_BYTES; i++) {
      byte[] hash = new byte[HASH_BYTES];
      bytes.get(hash);
      if (bytes.getInt() == checksum(i, hash)) {
        hashes[i] = hash;
      }
    }
  }

  /** The blocks that are noted as there. */
  BitSet present() {
    BitSet present = new BitSet(hashes.length);
    for (int i = 0; i < hashes.length; i++) {
      present.set(i, hashes[i] != null);
    }
    return present;
  }

  /** The cut digest under which a block is noted. */
  static byte[] hash(ByteBuffer block) {
    var digest = Sha256.newDigest();
    digest.update(block);
    return Arrays.copyOf(digest.digest(), HASH_BYTES);
  }

  /** Whether block {@code index} is noted as there, and was {@code hash}. */
  boolean holds(int index, byte[] hash) {
    return Arrays.equals(hashes[index], hash);
  }

  /** Notes blocks that are on the disk already, by index, and forces the notes there too. */
  void add(Map<Integer, byte[]> blocks) throws IOException {
    for (Map.Entry<Integer, byte[]> block : blocks.entrySet()) {
      int index = block.getKey();
      byte[] hash = block.getValue();
      write(index, ByteBuffer.allocate(SLOT_BYTES).put(hash).putInt(checksum(index, hash)).flip());
      hashes[index] = hash;
    }
    channel.force(false);
  }

  /** Takes notes back, for good. */
  void remove(BitSet blocks) throws IOException {
    for (int i = blocks.nextSetBit(0); i >= 0; i = blocks.nextSetBit(i + 1)) {
      byte[] nothing = new byte[HASH_BYTES];
      write(i, ByteBuffer.allocate(SLOT_BYTES).put(nothing).putInt(~checksum(i, nothing)).flip());
      hashes[i] = null;
    }
    channel.force(false);
  }

  private void write(int index, ByteBuffer slot) throws IOException {
    // No overflow: Limits.CHUNKS_PER_ARTIFACT is below 2^17.
    long position = (long) index * SLOT_BYTES;
    while (slot.hasRemaining()) {
      position += channel.write(slot, position);
    }
  }

  private int checksum(int index, byte[] hash) {
    CRC32C crc = new CRC32C();
    crc.update(artifact.digest().toBytes());
    crc.update(
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES)
            .putLong(artifact.lengthBytes())
            .putInt(artifact.chunkSizeBytes())
            .putInt(index)
            .flip());
    crc.update(hash);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
