package cn.fundpulse.flink;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;

/** Reads JSON records. Numbers are taken from their source text, never as floating-point numbers. */
final class JsonRecord {
  private static final Pattern INTEGER = Pattern.compile("(-?[0-9]{1,64})(?:\\.0+)?");
  private static final Pattern EPOCH = Pattern.compile("-?[0-9]{1,15}");
  private final JsonFactory factory = new JsonFactory();
  private final Slots slots;
  /** Source text of each slot's value; null where there is none. */
  private final String[] source;
  private final JsonToken[] kind;
  /** What the record says of its own deletion; null where it does not. */
  private final String[] changes = new String[Layout.DELETION.size()];

  JsonRecord(Slots slots) {
    this.slots = slots;
    int size = slots.layout.fields.length + slots.layout.aliasOf.length;
    source = new String[size];
    kind = new JsonToken[size];
  }

  void read(byte[] bytes) throws Rejected {
    CharBuffer chars;
    try {
      chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException notUtf8) {
      throw Rejected.undecodable("the bytes are not valid UTF-8");
    }
    int from = chars.length() > 0 && chars.charAt(0) == '\ufeff' ? 1 : 0;
    Arrays.fill(kind, null);
    Arrays.fill(changes, null);
    boolean found = false;
    try (JsonParser p = factory.createParser(chars.array(), chars.arrayOffset() + from, chars.length() - from)) {
      if (p.nextToken() != JsonToken.START_OBJECT) throw broken();
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        JsonToken token = p.nextToken();
        int deletion = Layout.DELETION.indexOf(name);
        if (deletion >= 0) {
          changes[deletion] = token == JsonToken.VALUE_NULL ? null : token.isScalarValue() ? p.getText() : "";
          p.skipChildren();
          continue;
        }
        Integer slot = slots.layout.slotOf.get(name);
        if (slot == null) {
          p.skipChildren();
          continue;
        }
        found = true;
        kind[slot] = token;
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) p.skipChildren();
        else source[slot] = p.getText();
      }
      if (p.currentToken() != JsonToken.END_OBJECT || p.nextToken() != null) throw broken();
    } catch (IOException e) {
      throw broken();
    }
    if (!found) throw new Rejected("missing_field", "the object has no field of the stream; change events are not read by this engine");
    int fields = slots.layout.fields.length;
    // The unwrapped form of Debezium tells itself by what it says of deletions.
    boolean unwrapped = false;
    for (String change : changes) unwrapped |= change != null;
    for (int slot = 0; slot < kind.length; slot++) {
      if (kind[slot] == null) continue;
      int target = slots.layout.target(slot);
      if (slot >= fields && !slots.absent(target)) continue;
      boolean isNumber = kind[slot] == JsonToken.VALUE_NUMBER_INT || kind[slot] == JsonToken.VALUE_NUMBER_FLOAT;
      String logical = unwrapped && isNumber && slot < fields ? implied(slot, source[slot]) : null;
      if (logical == null) convert(target, kind[slot], source[slot]);
      else Wire.integer(slots, slot, new BigInteger(source[slot]), logical);
    }
    for (int i = 0; i < changes.length; i++) if (changes[i] != null) slots.deletion(i, changes[i]);
  }

  private String implied(int slot, String digits) {
    String type = slots.layout.fields[slot].type;
    return type.equals("instant") || type.equals("date") ? Semantics.implied(type, digits) : null;
  }

  private static Rejected broken() {
    return Rejected.undecodable("the bytes are no JSON object");
  }

  private void convert(int slot, JsonToken token, String text) {
    switch (token) {
      case VALUE_NULL: return;
      case VALUE_STRING:
        if (!text.isEmpty()) slots.text(slot, text);
        return;
      case VALUE_NUMBER_INT:
      case VALUE_NUMBER_FLOAT: number(slot, text); return;
      default: slots.other(slot);
    }
  }

  private void number(int slot, String text) {
    switch (slots.layout.fields[slot].type) {
      case "amount": slots.number(slot, Numbers.fen(text)); return;
      case "int": slots.number(slot, Numbers.int32(text)); return;
      case "instant":
        slots.number(slot, EPOCH.matcher(text).matches() ? Times.instantOfPlainMs(Long.parseLong(text)) : Numbers.NONE);
        return;
      case "string":
        if (slots.layout.fields[slot].kind.equals("id") && (text.indexOf('e') >= 0 || text.indexOf('E') >= 0)) {
          slots.bad(slot, Texts.LOST);
          return;
        }
        String plain = Numbers.plain(text);
        Matcher m = INTEGER.matcher(plain == null ? "" : plain);
        if (m.matches()) slots.digits(slot, m.group(1));
        else slots.other(slot);
        return;
      default: slots.other(slot);
    }
  }
}
