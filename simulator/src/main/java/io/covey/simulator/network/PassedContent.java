package io.covey.simulator.network;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Remembers what has passed well enough to tell afterwards whether a file was in it, in whatever
 * pieces and wherever they stood: by winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003), which
 * keeps the least hash of every window of {@value #WINDOW} pieces of {@value #PIECE_BYTES} bytes.
 * Of every {@link #SHORTEST_FOUND_BYTES} bytes in a row that a file and a payload have in common,
 * both keep the same hash.
 *
 * <p>Pieces of few different bytes, such as zeros, say nothing about a file and are passed over.
 *
 * <p>Not for two threads at a time.
 */
final class PassedContent {
  private static final int PIECE_BYTES = 32;
  private static final int WINDOW = 225;

  /** What is in a file and in a payload in one piece of this length is found for certain. */
  static final int SHORTEST_FOUND_BYTES = WINDOW + PIECE_BYTES - 1;

  private static final int LEAST_DIFFERENT_BYTES = 8;

  /** Some 500 MB of content. */
  private static final int MOST_KEPT = 1 << 22;

  private static final long FACTOR = 0x9E3779B97F4A7C15L;
  private static final long LEAVING = power(FACTOR, PIECE_BYTES);

  private final Set<Long> kept = new HashSet<>();
  private boolean full;

  /** Takes note of a payload. */
  void add(ByteString payload) {
    winnow(
        payload,
        hash -> {
          full |= kept.size() >= MOST_KEPT;
          if (!full) {
            kept.add(hash);
          }
        });
  }

  /** Whether everything that passed was taken note of. */
  boolean isComplete() {
    return !full;
  }

  /** Whether a file is long and various enough to be found. */
  static boolean canFind(ByteString file) {
    boolean[] any = new boolean[1];
    winnow(file, hash -> any[0] = true);
    return file.size() >= SHORTEST_FOUND_BYTES && any[0];
  }

  /** Whether something of a file has passed. */
  boolean holdsSomeOf(ByteString file) {
    LongPredicate passed = kept::contains;
    boolean[] found = new boolean[1];
    winnow(file, hash -> found[0] |= passed.test(hash));
    return found[0];
  }

  /** Gives every hash that is kept of {@code content}, some of them twice. */
  private static void winnow(ByteString content, LongConsumer each) {
    Pieces pieces = new Pieces(content);
    // Hashes that rise from the first to the last, each with its place.
    Deque<long[]> least = new ArrayDeque<>();
    for (int place = 0; pieces.next(); place++) {
      long hash = pieces.hash();
      while (!least.isEmpty() && least.getLast()[0] >= hash) {
        least.removeLast();
      }
      least.addLast(new long[] {hash, place});
      if (least.getFirst()[1] <= place - WINDOW) {
        least.removeFirst();
      }
      if (place >= WINDOW - 1 && least.getFirst()[0] != Long.MAX_VALUE) {
        each.accept(least.getFirst()[0]);
      }
    }
  }

  private static long power(long base, int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= base;
    }
    return power;
  }

  /** The hashes of all pieces of some content, one after the other, by Rabin and Karp. */
  private static final class Pieces {
    private final ByteString content;
    private final int[] counts = new int[256];
    private int different;
    private int end;
    private long sum;

    Pieces(ByteString content) {
      this.content = content;
      while (end < Math.min(PIECE_BYTES - 1, content.size())) {
        take();
      }
    }

    boolean next() {
      if (end >= content.size() || content.size() < PIECE_BYTES) {
        return false;
      }
      take();
      if (end > PIECE_BYTES) {
        drop(Byte.toUnsignedInt(content.byteAt(end - PIECE_BYTES - 1)));
      }
      return true;
    }

    private void take() {
      int entering = Byte.toUnsignedInt(content.byteAt(end++));
      sum = sum * FACTOR + entering + 1;
      if (counts[entering]++ == 0) {
        different++;
      }
    }

    private void drop(int leaving) {
      sum -= LEAVING * (leaving + 1);
      if (--counts[leaving] == 0) {
        different--;
      }
    }

    /** The largest for a piece that says nothing. */
    long hash() {
      long mixed = (sum ^ (sum >>> 31)) * FACTOR;
      return different < LEAST_DIFFERENT_BYTES ? Long.MAX_VALUE : mixed ^ (mixed >>> 29);
    }
  }
}
