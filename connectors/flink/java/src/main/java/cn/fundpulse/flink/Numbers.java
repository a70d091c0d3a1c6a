package cn.fundpulse.flink;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts and integers from their texts, exactly or not at all (connectors/decode/fields/values.ts). */
final class Numbers {
  private Numbers() {}

  /** No value: not allowed. */
  static final long NONE = Long.MIN_VALUE;
  static final long MAX_SAFE = 9_007_199_254_740_991L;
  private static final Pattern SCIENTIFIC = Pattern.compile("(-?)([0-9]+)(?:\\.([0-9]+))?[eE]([+-]?[0-9]{1,3})");
  private static final Pattern AMOUNT = Pattern.compile("(-?)0*([0-9]+)(?:\\.([0-9]{1,2})0*)?");
  private static final Pattern INTEGER = Pattern.compile("(-?[0-9]{1,15})(?:\\.0+)?");

  /** A decimal text without its exponent; null where it is too long. */
  static String plain(String text) {
    if (text.indexOf('e') < 0 && text.indexOf('E') < 0) return text;
    Matcher m = SCIENTIFIC.matcher(text);
    if (!m.matches()) return text;
    int exponent = Integer.parseInt(m.group(4));
    if (Math.abs(exponent) > 64) return null;
    String fraction = m.group(3) == null ? "" : m.group(3);
    String digits = m.group(2) + fraction;
    int point = m.group(2).length() + exponent;
    if (point <= 0) return m.group(1) + "0." + "0".repeat(-point) + digits;
    if (point >= digits.length()) return m.group(1) + digits + "0".repeat(point - digits.length());
    return m.group(1) + digits.substring(0, point) + "." + digits.substring(point);
  }

  /** Fen of an amount in yuan. */
  static long fen(String untrimmed) {
    if (untrimmed.length() > 64) return NONE;
    String text = plain(Texts.trimmed(untrimmed));
    if (text == null) return NONE;
    Matcher m = AMOUNT.matcher(text);
    if (!m.matches() || m.group(2).length() > 14) return NONE;
    long fen = Long.parseLong(m.group(2)) * 100;
    String decimals = m.group(3);
    if (decimals != null) {
      fen += (decimals.charAt(0) - '0') * 10 + (decimals.length() > 1 ? decimals.charAt(1) - '0' : 0);
    }
    if (fen > MAX_SAFE) return NONE;
    return m.group(1).isEmpty() ? fen : -fen;
  }

  /** Fen of an integer of 10^-scale yuan. */
  static long fen(BigInteger unscaled, int scale) {
    try {
      BigInteger fen = new BigDecimal(unscaled, scale).movePointRight(2).toBigIntegerExact();
      return fen.abs().compareTo(BigInteger.valueOf(MAX_SAFE)) <= 0 ? fen.longValue() : NONE;
    } catch (ArithmeticException notWhole) {
      return NONE;
    }
  }

  static long int32(String untrimmed) {
    String text = plain(Texts.trimmed(untrimmed));
    if (text == null) return NONE;
    Matcher m = INTEGER.matcher(text);
    return m.matches() ? int32(Long.parseLong(m.group(1))) : NONE;
  }

  static long int32(long value) {
    return (int) value == value ? value : NONE;
  }
}
