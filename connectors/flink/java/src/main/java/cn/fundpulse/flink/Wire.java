package cn.fundpulse.flink;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Set;

/** Puts values of the less usual types into slots, exactly or not at all (connectors/decode/fields/wire.ts). */
final class Wire {
  private Wire() {}

  /** Scale of a decimal that any database has. */
  static final int MAX_SCALE = 38;
  /** Sixteen bytes hold the widest decimal of any database, and some writers pad them. */
  private static final int MAX_DECIMAL_BYTES = 32;
  private static final Set<String> TIMESTAMPS = Set.of(
      "timestamp-millis", "timestamp-micros", "timestamp-nanos",
      "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos");
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  /** An integer of a logical type; empty: of none. */
  static void integer(Slots slots, int slot, BigInteger value, String logical) {
    boolean plain = logical.isEmpty();
    switch (slots.layout.fields[slot].type) {
      case "string":
        if (plain) slots.digits(slot, value.toString());
        else slots.other(slot);
        return;
      case "instant":
        if (plain) slots.number(slot, Times.instantOfPlainMs(small(value)));
        else if (!TIMESTAMPS.contains(logical)) slots.other(slot);
        else if (logical.startsWith("local-")) slots.number(slot, slots.times.instantOfCivil(toMs(value, logical)));
        else slots.number(slot, Times.instantOfMs(toMs(value, logical)));
        return;
      case "date":
        if (plain || logical.equals("date")) slots.number(slot, Times.dayOfNumber(small(value)));
        else if (!TIMESTAMPS.contains(logical)) slots.other(slot);
        else {
          long ms = Times.instantOfMs(toMs(value, logical));
          if (ms == Numbers.NONE) slots.other(slot);
          else slots.number(slot, logical.startsWith("local-") ? Math.floorDiv(ms, 86_400_000L) : slots.times.dayOf(ms));
        }
        return;
      case "int": slots.number(slot, plain ? Numbers.int32(small(value)) : Numbers.NONE); return;
      default: slots.number(slot, plain ? Numbers.fen(value, 0) : Numbers.NONE);
    }
  }

  /** A floating-point number: whole where a time or an integer is meant; of an amount its shortest decimal form. */
  static void number(Slots slots, int slot, double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) <= Numbers.MAX_SAFE;
    switch (slots.layout.fields[slot].type) {
      case "instant": slots.number(slot, whole ? Times.instantOfPlainMs((long) value) : Numbers.NONE); return;
      case "int": slots.number(slot, whole ? Numbers.int32((long) value) : Numbers.NONE); return;
      case "amount": slots.number(slot, Numbers.fen(shortest(value))); return;
      default: slots.other(slot);
    }
  }

  /** The shortest decimal text that stands for a number, without exponent. */
  private static String shortest(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) return "NaN";
    if (value == 0) return "0";
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) return rounded.stripTrailingZeros().toPlainString();
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros().toPlainString();
  }

  /** A decimal from its big-endian two's complement. */
  static void decimal(Slots slots, int slot, byte[] bytes, int from, int length, long scale) {
    if (length == 0 || length > MAX_DECIMAL_BYTES || scale < 0 || scale > MAX_SCALE) {
      slots.other(slot);
      return;
    }
    BigInteger unscaled = new BigInteger(bytes, from, length);
    switch (slots.layout.fields[slot].type) {
      case "amount": slots.number(slot, Numbers.fen(unscaled, (int) scale)); return;
      case "int": slots.number(slot, Numbers.int32(new BigDecimal(unscaled, (int) scale).toPlainString())); return;
      default: slots.other(slot);
    }
  }

  /** Epoch milliseconds of a timestamp, cut off towards the past; beyond a long: what no time is. */
  private static long toMs(BigInteger value, String logical) {
    long perMs = logical.endsWith("micros") ? 1000L : logical.endsWith("nanos") ? 1_000_000L : 1L;
    BigInteger[] parts = value.divideAndRemainder(BigInteger.valueOf(perMs));
    return small(parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0]);
  }

  private static long small(BigInteger value) {
    return value.abs().compareTo(MOST) <= 0 ? value.longValue() : Long.MAX_VALUE;
  }
}
