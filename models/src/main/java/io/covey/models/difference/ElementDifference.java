package io.covey.models.difference;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The differences of little-endian integers of one, two or four bytes, as byte planes: the lowest
 * byte of each of {@link #BLOCK} elements, then the next one of each, and so on. A difference is
 * taken modulo two to the power of an element's bits, and folded so that small ones of either sign
 * have zeros in their high bytes: {@code (d << 1) ^ (d >> 31)}. Bytes behind the last whole element
 * are elements of one byte.
 *
 * <p>For floats of one sign the integers are in the order of their values, so that a number that
 * has moved a little is an integer that has moved a little.
 *
 * @param width bytes of an element: 1, 2 or 4
 */
record ElementDifference(int width) {
  /** Elements whose planes lie together; what is in memory of planes at a time. */
  static final int BLOCK = 1 << 16;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  ElementDifference {
    if (!isWidth(width)) {
      throw new IllegalArgumentException("elements of " + width + " bytes, expected 1, 2 or 4");
    }
  }

  static boolean isWidth(int width) {
    return width == 1 || width == 2 || width == 4;
  }

  /** The bytes from {@code at} on that go into one block, of {@code length} in all. */
  int blockBytes(int at, int length) {
    int left = length - at;
    int whole = left - left % width;
    // Fewer bytes than an element has are elements of one byte.
    return whole == 0 ? left : Math.min(whole, BLOCK * width);
  }

  /** The planes of one block, into the beginning of {@code planes}. */
  void spread(byte[] base, byte[] file, int at, int bytes, byte[] planes) {
    int size = bytes < width ? 1 : width;
    int count = bytes / size;
    int unused = Integer.SIZE - size * Byte.SIZE;
    for (int i = 0; i < count; i++) {
      int place = at + i * size;
      int difference =
          ((element(file, place, size) - element(base, place, size)) << unused) >> unused;
      int folded = (difference << 1) ^ (difference >> 31);
      for (int plane = 0; plane < size; plane++) {
        planes[plane * count + i] = (byte) (folded >>> (plane * Byte.SIZE));
      }
    }
  }

  /** Adds what {@link #spread} wrote to the same block of its base. */
  void add(byte[] planes, byte[] file, int at, int bytes) {
    int size = bytes < width ? 1 : width;
    int count = bytes / size;
    for (int i = 0; i < count; i++) {
      int folded = 0;
      for (int plane = 0; plane < size; plane++) {
        folded |= (planes[plane * count + i] & 0xff) << (plane * Byte.SIZE);
      }
      int place = at + i * size;
      int difference = (folded >>> 1) ^ -(folded & 1);
      put(file, place, size, element(file, place, size) + difference);
    }
  }

  private static int element(byte[] bytes, int place, int size) {
    return switch (size) {
      case 4 -> (int) INTS.get(bytes, place);
      case 2 -> (short) SHORTS.get(bytes, place);
      default -> bytes[place];
    };
  }

  private static void put(byte[] bytes, int place, int size, int value) {
    switch (size) {
      case 4 -> INTS.set(bytes, place, value);
      case 2 -> SHORTS.set(bytes, place, (short) value);
      default -> bytes[place] = (byte) value;
    }
  }
}
