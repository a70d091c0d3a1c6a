package cn.fundpulse.flink;

import java.util.Arrays;

/**
 * The net weights of one person in one group and year, packed: for each insurance and month that has any, its slot
 * (insurance × 12 + month) and the weight, both as varints. Most persons have one to three.
 */
final class Weights {
  private Weights() {}

  static final byte[] NONE = new byte[0];

  /** The packed weights with {@code change} more in a slot; a slot without weight is left out. */
  static byte[] add(byte[] packed, int slot, long change) {
    byte[] out = new byte[packed.length + 16];
    int[] at = {0};
    int length = 0;
    boolean placed = false;
    while (at[0] < packed.length) {
      int known = (int) read(packed, at);
      long weight = unzigzag(read(packed, at));
      if (!placed && known >= slot) {
        placed = true;
        if (known == slot) {
          length = put(out, length, slot, weight + change);
          continue;
        }
        length = put(out, length, slot, change);
      }
      length = put(out, length, known, weight);
    }
    if (!placed) length = put(out, length, slot, change);
    return Arrays.copyOf(out, length);
  }

  /** By slot, for so many insurances. */
  static long[] unpack(byte[] packed, int slots) {
    long[] weights = new long[slots];
    int[] at = {0};
    while (at[0] < packed.length) {
      int slot = (int) read(packed, at);
      weights[slot] = unzigzag(read(packed, at));
    }
    return weights;
  }

  /** The highest slot that has a weight; −1 where none has. */
  static int highest(byte[] packed) {
    int slot = -1;
    int[] at = {0};
    while (at[0] < packed.length) {
      slot = (int) read(packed, at);
      read(packed, at);
    }
    return slot;
  }

  private static int put(byte[] out, int length, int slot, long weight) {
    if (weight == 0) return length;
    int next = write(out, length, slot);
    return write(out, next, (weight << 1) ^ (weight >> 63));
  }

  private static int write(byte[] out, int at, long value) {
    int next = at;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out[next++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out[next++] = (byte) rest;
    return next;
  }

  private static long read(byte[] packed, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = packed[at[0]++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) return value;
    }
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
