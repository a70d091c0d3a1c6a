package cn.fundpulse.flink;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** A type of a writer schema: reads a value into a slot, or past it. */
final class AvroType {
  private static final Set<String> PRIMITIVE = Set.of("null", "boolean", "int", "long", "float", "double", "bytes", "string");
  private static final Set<String> KNOWN_SEMANTICS = Set.of(
      "org.apache.kafka.connect.data.Timestamp", "org.apache.kafka.connect.data.Date", "org.apache.kafka.connect.data.Decimal");

  String kind;
  String logical = "";
  /** A `connect.name` that this engine does not know; null otherwise. */
  String foreign;
  int scale;
  int size;
  final List<AvroType> branches = new ArrayList<>();
  final List<String> names = new ArrayList<>();

  static AvroType of(JsonNode schema) {
    return of(schema, new HashMap<>(), "");
  }

  private static AvroType of(JsonNode schema, Map<String, AvroType> known, String namespace) {
    AvroType type = new AvroType();
    if (schema.isArray()) {
      type.kind = "union";
      for (JsonNode branch : schema) type.branches.add(of(branch, known, namespace));
      return type;
    }
    String kind = schema.isTextual() ? schema.asText() : schema.path("type").isTextual() ? schema.get("type").asText() : null;
    if (kind == null) return of(schema.get("type"), known, namespace);
    type.kind = kind;
    if (PRIMITIVE.contains(kind) || !schema.isTextual()) {
      type.logical = schema.path("logicalType").asText("");
      type.scale = schema.path("scale").asInt(0);
      String semantic = schema.path("connect.name").asText("");
      if (!semantic.isEmpty() && !KNOWN_SEMANTICS.contains(semantic)) type.foreign = semantic;
      if (semantic.endsWith(".Timestamp")) type.logical = "timestamp-millis";
      if (semantic.endsWith(".Date")) type.logical = "date";
    }
    if (PRIMITIVE.contains(kind)) return type;
    if (schema.isTextual()) {
      AvroType named = known.getOrDefault(kind, known.get(namespace + "." + kind));
      if (named == null) throw new IllegalArgumentException("type " + kind);
      return named;
    }
    String space = schema.path("namespace").asText(namespace);
    String name = schema.path("name").asText("");
    if (!name.isEmpty()) {
      known.put(name, type);
      known.put(space + "." + name, type);
    }
    switch (kind) {
      case "record":
      case "error":
        type.kind = "record";
        for (JsonNode field : schema.get("fields")) {
          type.names.add(field.get("name").asText());
          type.branches.add(of(field.get("type"), known, space));
        }
        return type;
      case "enum":
        for (JsonNode symbol : schema.get("symbols")) type.names.add(symbol.asText());
        return type;
      case "fixed":
        type.size = schema.get("size").asInt();
        return type;
      case "array":
        type.branches.add(of(schema.get("items"), known, space));
        return type;
      case "map":
        type.branches.add(of(schema.get("values"), known, space));
        return type;
      default:
        throw new IllegalArgumentException("type " + kind);
    }
  }

  /** The unknown semantic type inside; null where there is none. */
  String foreign() {
    if (foreign != null || !kind.equals("union")) return foreign;
    for (AvroType branch : branches) if (branch.foreign != null) return branch.foreign;
    return null;
  }

  private AvroType branch(AvroCursor c) throws Rejected {
    long branch = c.number();
    if (branch < 0 || branch >= branches.size()) throw AvroCursor.malformed();
    return branches.get((int) branch);
  }

  /** Reads the value into a slot, exactly or not at all (then it is noted as bad). */
  void read(AvroCursor c, Slots slots, int slot) throws Rejected {
    switch (kind) {
      case "null": return;
      case "union": branch(c).read(c, slots, slot); return;
      case "string": text(c.text(), slots, slot); return;
      case "enum": {
        long symbol = c.number();
        if (symbol < 0 || symbol >= names.size()) throw AvroCursor.malformed();
        text(names.get((int) symbol), slots, slot);
        return;
      }
      case "int":
      case "long": integer(c.number(), slots, slot); return;
      case "bytes": {
        if (Slots.isText(slots.layout.fields[slot]) && logical.isEmpty()) {
          text(c.text(), slots, slot);
          return;
        }
        int length = (int) Math.min(Integer.MAX_VALUE, c.number());
        decimal(c, length, slots, slot);
        return;
      }
      case "fixed": decimal(c, size, slots, slot); return;
      default:
        skip(c, 0);
        slots.other(slot);
    }
  }

  private static void text(String text, Slots slots, int slot) {
    if (!Texts.trimmed(text).isEmpty()) slots.text(slot, text);
  }

  private void integer(long value, Slots slots, int slot) {
    switch (slots.layout.fields[slot].type) {
      case "string":
        if (logical.isEmpty()) slots.digits(slot, Long.toString(value));
        else slots.other(slot);
        return;
      case "instant":
        if (logical.isEmpty()) slots.number(slot, Times.instantOfMs(value));
        else if (logical.startsWith("timestamp-")) slots.number(slot, Times.instantOfMs(Times.toMs(value, logical)));
        else if (logical.startsWith("local-timestamp-"))
          slots.number(slot, slots.times.instantOfCivil(Times.toMs(value, logical)));
        else slots.other(slot);
        return;
      case "date":
        if (logical.isEmpty() || logical.equals("date")) slots.number(slot, Times.dayOfNumber(value));
        else if (logical.startsWith("timestamp-")) {
          long ms = Times.instantOfMs(Times.toMs(value, logical));
          slots.number(slot, ms == Numbers.NONE ? Numbers.NONE : slots.times.dayOf(ms));
        } else if (logical.startsWith("local-timestamp-")) {
          long ms = Times.instantOfMs(Times.toMs(value, logical));
          slots.number(slot, ms == Numbers.NONE ? Numbers.NONE : Math.floorDiv(ms, 86_400_000L));
        } else slots.other(slot);
        return;
      case "int": slots.number(slot, logical.isEmpty() ? Numbers.int32(value) : Numbers.NONE); return;
      default: slots.number(slot, logical.isEmpty() ? Numbers.fen(BigInteger.valueOf(value), 0) : Numbers.NONE);
    }
  }

  private void decimal(AvroCursor c, int length, Slots slots, int slot) throws Rejected {
    int from = c.take(length);
    boolean fits = logical.equals("decimal") && length > 0 && length <= 16 && scale >= 0 && scale <= 38;
    if (!fits) {
      slots.other(slot);
      return;
    }
    BigInteger unscaled = new BigInteger(c.bytes, from, length);
    switch (slots.layout.fields[slot].type) {
      case "amount": slots.number(slot, Numbers.fen(unscaled, scale)); return;
      case "int": slots.number(slot, Numbers.int32(new java.math.BigDecimal(unscaled, scale).toPlainString())); return;
      default: slots.other(slot);
    }
  }

  void skip(AvroCursor c, int depth) throws Rejected {
    if (depth > 32) throw AvroCursor.malformed();
    switch (kind) {
      case "null": return;
      case "boolean": c.take(1); return;
      case "int":
      case "long":
      case "enum": c.number(); return;
      case "float": c.take(4); return;
      case "double": c.take(8); return;
      case "bytes":
      case "string": c.take(c.number()); return;
      case "fixed": c.take(size); return;
      case "union": branch(c).skip(c, depth + 1); return;
      case "record":
        for (AvroType field : branches) field.skip(c, depth + 1);
        return;
      default: skipBlocks(c, depth);
    }
  }

  private void skipBlocks(AvroCursor c, int depth) throws Rejected {
    for (long count = c.number(); count != 0; count = c.number()) {
      if (count < 0) {
        c.take(c.number());
        continue;
      }
      for (long i = 0; i < count; i++) {
        int before = c.at;
        if (kind.equals("map")) c.take(c.number());
        branches.get(0).skip(c, depth + 1);
        // Elements without bytes could be as many as the writer likes to say.
        if (c.at == before && count > 1_000_000) throw AvroCursor.malformed();
      }
    }
  }
}
