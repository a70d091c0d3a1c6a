package cn.fundpulse.flink;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Instants and days from their texts, in the jurisdiction's zone (connectors/decode/fields/values.ts). */
final class Times {
  static final long NO_DAY = Numbers.NONE;
  private static final long DAY_MS = 86_400_000L;
  private static final long MIN_INSTANT = -62_135_596_800_000L;
  private static final long MAX_INSTANT = 253_402_300_799_999L;
  private static final Pattern INSTANT = Pattern.compile(
      "([0-9]{4}-[0-9]{2}-[0-9]{2})([Tt ])([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
          + "(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?");

  /** White space as JavaScript has it. */
  private static final String S = "[\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*";
  private static final Pattern ZERO_DATE =
      Pattern.compile(S + "0000-00-00(?:[T ]00:00(?::00(?:\\.0+)?)?Z?)?" + S);

  private final ZoneRules rules;

  Times(String zone) {
    rules = ZoneId.of(zone).getRules();
  }

  private long offsetMs(long ms) {
    return rules.getOffset(Instant.ofEpochMilli(ms)).getTotalSeconds() * 1000L;
  }

  /** The day of an instant in the zone. */
  long dayOf(long ms) {
    return Math.floorDiv(ms + offsetMs(ms), DAY_MS);
  }

  /** The month of a day: year × 12 + month − 1. */
  static int monthOf(long day) {
    LocalDate date = LocalDate.ofEpochDay(day);
    return date.getYear() * 12 + date.getMonthValue() - 1;
  }

  static long instantOfMs(long ms) {
    return ms >= MIN_INSTANT && ms <= MAX_INSTANT ? ms : Numbers.NONE;
  }

  /**
   * Milliseconds that nothing but their size says to be such. What would lie in the seventies counts seconds, or writes a
   * date in digits.
   */
  static long instantOfPlainMs(long ms) {
    long size = Math.abs(ms);
    return size >= 10_000_000L && size < 300_000_000_000L ? Numbers.NONE : instantOfMs(ms);
  }

  /** MySQL's date that is none: absent. */
  static boolean isZeroDate(String text) {
    return ZERO_DATE.matcher(text).matches();
  }

  static long dayOfNumber(long day) {
    return day >= Math.floorDiv(MIN_INSTANT, DAY_MS) && day <= Math.floorDiv(MAX_INSTANT, DAY_MS) ? day : NO_DAY;
  }

  /** The instant of a wall clock of the zone, given as if it were UTC. */
  long instantOfCivil(long civil) {
    if (instantOfMs(civil) == Numbers.NONE) return Numbers.NONE;
    long guess = civil - offsetMs(civil);
    return instantOfMs(civil - offsetMs(guess));
  }

  /** A day YYYY-MM-DD that exists. */
  static long plainDay(String text) {
    if (text.length() != 10 || text.charAt(4) != '-' || text.charAt(7) != '-') return NO_DAY;
    for (int i = 0; i < 10; i++) {
      if (i != 4 && i != 7 && (text.charAt(i) < '0' || text.charAt(i) > '9')) return NO_DAY;
    }
    int year = Integer.parseInt(text.substring(0, 4));
    int month = Integer.parseInt(text.substring(5, 7));
    int day = Integer.parseInt(text.substring(8, 10));
    // Years below 100 are others in JavaScript's dates, and refused there.
    if (year < 100 || month < 1 || month > 12 || day < 1 || day > 31) return NO_DAY;
    LocalDate first = LocalDate.of(year, month, 1);
    return day > first.lengthOfMonth() ? NO_DAY : first.toEpochDay() + day - 1;
  }

  long instant(String untrimmed) {
    String text = Texts.trimmed(untrimmed);
    Matcher m = INSTANT.matcher(text);
    if (text.length() > 40 || !m.matches()) return Numbers.NONE;
    return instant(m);
  }

  private long instant(Matcher m) {
    long day = plainDay(m.group(1));
    int hour = Integer.parseInt(m.group(3));
    int minute = Integer.parseInt(m.group(4));
    int second = m.group(5) == null ? 0 : Integer.parseInt(m.group(5));
    if (day == NO_DAY || hour > 23 || minute > 59 || second > 59) return Numbers.NONE;
    long civil = day * DAY_MS + hour * 3_600_000L + minute * 60_000L + second * 1000L + millis(m.group(6));
    if (m.group(7) != null) return instantOfMs(civil);
    if (m.group(8) != null) {
      int hours = Integer.parseInt(m.group(9));
      int minutes = m.group(10) == null ? 0 : Integer.parseInt(m.group(10));
      if (hours > 18 || minutes > 59) return Numbers.NONE;
      long offset = hours * 3_600_000L + minutes * 60_000L;
      return instantOfMs(m.group(8).equals("-") ? civil + offset : civil - offset);
    }
    return m.group(5) == null ? Numbers.NONE : instantOfCivil(civil);
  }

  private static int millis(String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "00").substring(0, 3));
  }

  long day(String untrimmed) {
    String text = Texts.trimmed(untrimmed);
    if (text.length() == 10) return plainDay(text);
    Matcher m = INSTANT.matcher(text);
    if (text.length() > 40 || !m.matches()) return NO_DAY;
    long instant = instant(m);
    if (instant == Numbers.NONE) return NO_DAY;
    boolean midnight = m.group(3).equals("00") && m.group(4).equals("00")
        && (m.group(5) == null || m.group(5).equals("00")) && millis(m.group(6)) == 0;
    boolean hasOffset = m.group(7) != null || m.group(8) != null;
    return midnight || !hasOffset ? plainDay(m.group(1)) : dayOf(instant);
  }
}
