package cn.fundpulse.flink;

import java.util.Arrays;
import java.util.regex.Pattern;

/** One record between its bytes and its row: every reader writes into slots (connectors/decode/fields/slots.ts). */
final class Slots {
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,15}");
  final Layout layout;
  final String[] texts;
  final long[] numbers;
  final Times times;
  /** Whether its source deleted the record, and when it last changed, where it tells that. */
  private boolean deleted;
  private long changedAtMs;
  private int faultSlot;
  private String fault;

  Slots(Layout layout, Times times) {
    this.layout = layout;
    this.times = times;
    texts = new String[layout.fields.length];
    numbers = new long[layout.fields.length];
  }

  void clear() {
    Arrays.fill(texts, "");
    Arrays.fill(numbers, Numbers.NONE);
    faultSlot = -1;
    deleted = false;
    changedAtMs = Numbers.NONE;
  }

  /** Takes what a record says of its own deletion; {@code which} of {@link Layout#DELETION}. */
  void deletion(int which, String value) {
    if (which == 0) deleted |= value.equals("true");
    else if (DIGITS.matcher(value).matches()) changedAtMs = Long.parseLong(value);
  }

  static boolean isText(Layout.Field field) {
    return field.type.equals("string");
  }

  boolean absent(int slot) {
    return isText(layout.fields[slot]) ? texts[slot].isEmpty() : numbers[slot] == Numbers.NONE;
  }

  void bad(int slot, String expected) {
    if (faultSlot >= 0 && faultSlot <= slot) return;
    faultSlot = slot;
    fault = expected;
  }

  private static String expected(Layout.Field field) {
    switch (field.type) {
      case "instant": return "an instant of the years 1 to 9999: ISO 8601, YYYY-MM-DD HH:mm:ss, or epoch milliseconds";
      case "date": return "a day YYYY-MM-DD";
      case "int": return "an integer of 32 bits";
      case "amount": return "yuan with at most 14 digits and two decimals, exactly";
      default: return "text";
    }
  }

  /** Any value that the field's type has no reading for. */
  void other(int slot) {
    bad(slot, expected(layout.fields[slot]));
  }

  void number(int slot, long value) {
    if (value == Numbers.NONE) other(slot);
    else numbers[slot] = value;
  }

  void text(int slot, String raw) {
    Layout.Field field = layout.fields[slot];
    if (!isText(field)) {
      boolean isTime = field.type.equals("instant") || field.type.equals("date");
      if (Texts.trimmed(raw).isEmpty() || (isTime && Times.isZeroDate(raw))) return;
      switch (field.type) {
        case "instant": number(slot, times.instant(raw)); return;
        case "date": number(slot, times.day(raw)); return;
        case "int": number(slot, Numbers.int32(raw)); return;
        default: number(slot, Numbers.fen(raw)); return;
      }
    }
    String text = Texts.clean(raw, field.kind);
    String wrong = Texts.fault(text, field);
    if (wrong != null) bad(slot, wrong);
    else texts[slot] = text;
  }

  /** An integer for a code: its digits. */
  void digits(int slot, String digits) {
    Layout.Field field = layout.fields[slot];
    if (field.digits == 0) bad(slot, "text: an integer may have lost leading zeros");
    else if (digits.startsWith("-")) bad(slot, "a code, not a negative number");
    else text(slot, "0".repeat(Math.max(0, field.digits - digits.length())) + digits);
  }

  /** @throws Rejected what is wrong with the values, the first in the order of the fields */
  void validate() throws Rejected {
    if (deleted) delete();
    if (faultSlot >= 0) throw new Rejected("bad_value", layout.fields[faultSlot].name + ": expected " + fault);
    for (int i = 0; i < layout.fields.length; i++) {
      if (!layout.fields[i].required || !absent(i)) continue;
      if (deleted && !absent(0))
        throw new Rejected("missing_field", "__deleted: a deletion that brings the key alone is not read by this engine; send the whole record with vali_flag 0");
      throw new Rejected("missing_field", layout.fields[i].name + " is missing");
    }
  }

  /** A deleted settlement is one that is valid no more, from the time of its deletion on. */
  private void delete() throws Rejected {
    Integer flag = layout.slotOf.get("vali_flag");
    if (flag == null) throw new Rejected("bad_value", "a deletion cannot be taken over: send the version again with a valid_to");
    texts[flag] = "0";
    int updated = layout.slotOf.get("updt_time");
    if (changedAtMs != Numbers.NONE && (numbers[updated] == Numbers.NONE || changedAtMs > numbers[updated])) numbers[updated] = changedAtMs;
  }
}
