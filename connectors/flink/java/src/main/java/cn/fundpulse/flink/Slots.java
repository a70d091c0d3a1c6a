package cn.fundpulse.flink;

import java.util.Arrays;

/** One record between its bytes and its row: every reader writes into slots (connectors/decode/fields/slots.ts). */
final class Slots {
  final Layout layout;
  final String[] texts;
  final long[] numbers;
  final Times times;
  boolean deleted;
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
      if (Texts.trimmed(raw).isEmpty()) return;
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
    if (deleted) throw new Rejected("bad_value", "__deleted: deletions are not read by this engine; send vali_flag 0");
    if (faultSlot >= 0) throw new Rejected("bad_value", layout.fields[faultSlot].name + ": expected " + fault);
    for (int i = 0; i < layout.fields.length; i++) {
      if (layout.fields[i].required && absent(i)) throw new Rejected("missing_field", layout.fields[i].name + " is missing");
    }
  }
}
