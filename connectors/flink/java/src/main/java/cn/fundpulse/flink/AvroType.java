package cn.fundpulse.flink;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** A type of a writer schema: reads a value into a slot, or past it (connectors/decode/avro). */
final class AvroType {
  private static final Set<String> PRIMITIVE = Set.of("null", "boolean", "int", "long", "float", "double", "bytes", "string");

  String kind;
  /** The logical type; that of a `connect.name` stands before Avro's own. Empty: none. */
  String logical = "";
  /** A `connect.name` that nobody here knows; null otherwise. */
  String foreign;
  int scale;
  int size;
  final List<AvroType> branches = new ArrayList<>();
  final List<String> names = new ArrayList<>();

  /**
   * @param known types by their full names; those that the schema defines are added
   * @throws IllegalArgumentException where it is no schema
   */
  static AvroType of(JsonNode schema, Map<String, AvroType> known) {
    return of(schema, known, "");
  }

  static AvroType of(JsonNode schema) {
    return of(schema, new HashMap<>(), "");
  }

  private static AvroType of(JsonNode schema, Map<String, AvroType> known, String namespace) {
    if (schema == null) throw new IllegalArgumentException("a type is missing");
    if (schema.isArray()) {
      AvroType union = new AvroType();
      union.kind = "union";
      for (JsonNode branch : schema) union.branches.add(of(branch, known, namespace));
      return union;
    }
    if (schema.isTextual()) return named(schema.asText(), known, namespace);
    JsonNode inner = schema.get("type");
    if (inner == null || !inner.isTextual()) return of(inner, known, namespace);
    AvroType type = new AvroType();
    type.kind = inner.asText();
    if (PRIMITIVE.contains(type.kind)) return type.meaning(schema);
    String name = fullName(schema, namespace);
    String space = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
    switch (type.kind) {
      case "record":
      case "error":
        type.kind = "record";
        if ("variable-decimal".equals(Semantics.of(schema.path("connect.name").asText(name)))) type.logical = "variable-decimal";
        known.put(name, type);
        for (JsonNode field : schema.get("fields")) {
          type.names.add(field.get("name").asText());
          type.branches.add(of(field.get("type"), known, space));
        }
        return type;
      case "enum":
        known.put(name, type);
        for (JsonNode symbol : schema.get("symbols")) type.names.add(symbol.asText());
        return type;
      case "fixed":
        known.put(name, type);
        type.size = schema.get("size").asInt();
        return type.meaning(schema);
      case "array":
        type.branches.add(of(schema.get("items"), known, namespace));
        return type;
      case "map":
        type.branches.add(of(schema.get("values"), known, namespace));
        return type;
      default:
        return named(type.kind, known, namespace);
    }
  }

  private static AvroType named(String name, Map<String, AvroType> known, String namespace) {
    if (PRIMITIVE.contains(name)) {
      AvroType primitive = new AvroType();
      primitive.kind = name;
      return primitive;
    }
    AvroType found = known.get(name.contains(".") || namespace.isEmpty() ? name : namespace + "." + name);
    if (found == null) found = known.get(name);
    if (found == null) throw new IllegalArgumentException("Avro type " + name + " is not defined");
    return found;
  }

  private static String fullName(JsonNode schema, String namespace) {
    String name = schema.path("name").asText("");
    String space = schema.path("namespace").asText(namespace);
    return name.contains(".") || space.isEmpty() ? name : space + "." + name;
  }

  /** Takes over what a primitive or fixed value means. */
  private AvroType meaning(JsonNode schema) {
    logical = schema.path("logicalType").isTextual() ? schema.get("logicalType").asText() : "";
    JsonNode given = schema.has("scale") ? schema.get("scale") : schema.path("connect.parameters").path("scale");
    scale = given.asInt(given.isMissingNode() ? 0 : -1);
    if (scale < 0 || scale > Wire.MAX_SCALE) throw new IllegalArgumentException("Avro decimal with a scale outside 0 to " + Wire.MAX_SCALE);
    if (!schema.path("connect.name").isTextual()) return this;
    String name = schema.get("connect.name").asText();
    String semantic = Semantics.of(name);
    if (semantic == null) foreign = name;
    else logical = semantic.equals("text") ? "" : semantic;
    return this;
  }

  /** The unknown semantic type inside; null where there is none. */
  String foreign() {
    if (kind.equals("union")) {
      for (AvroType branch : branches) {
        String found = branch.foreign();
        if (found != null) return found;
      }
    }
    return foreign;
  }

  private AvroType branch(AvroCursor c) throws Rejected {
    long branch = c.number();
    if (branch < 0 || branch >= branches.size()) throw AvroCursor.malformed();
    return branches.get((int) branch);
  }

  private String symbol(AvroCursor c) throws Rejected {
    long symbol = c.number();
    if (symbol < 0 || symbol >= names.size()) throw AvroCursor.malformed();
    return names.get((int) symbol);
  }

  private double floating(AvroCursor c) throws Rejected {
    return kind.equals("float")
        ? java.nio.ByteBuffer.wrap(c.bytes, c.take(4), 4).order(java.nio.ByteOrder.LITTLE_ENDIAN).getFloat()
        : java.nio.ByteBuffer.wrap(c.bytes, c.take(8), 8).order(java.nio.ByteOrder.LITTLE_ENDIAN).getDouble();
  }

  /** Reads the value into a slot, exactly or not at all (then it is noted as bad). */
  void read(AvroCursor c, Slots slots, int slot) throws Rejected {
    switch (kind) {
      case "null": return;
      case "union": branch(c).read(c, slots, slot); return;
      case "string": slots.text(slot, c.text()); return;
      case "enum": slots.text(slot, symbol(c)); return;
      case "int":
      case "long": Wire.integer(slots, slot, BigInteger.valueOf(c.number()), logical); return;
      case "float":
      case "double": Wire.number(slots, slot, floating(c)); return;
      case "bytes":
      case "fixed": {
        int length = kind.equals("fixed") ? size : (int) Math.min(Integer.MAX_VALUE, c.number());
        int from = c.take(length);
        if (logical.equals("decimal")) Wire.decimal(slots, slot, c.bytes, from, length, scale);
        else {
          boolean mayBeText = kind.equals("bytes") && Slots.isText(slots.layout.fields[slot]);
          String text = mayBeText ? AvroCursor.utf8(c.bytes, from, length) : null;
          if (text == null) slots.other(slot);
          else slots.text(slot, text);
        }
        return;
      }
      case "record":
        if (logical.equals("variable-decimal")) variableDecimal(c, slots, slot);
        else {
          skip(c, 0);
          slots.other(slot);
        }
        return;
      default:
        skip(c, 0);
        slots.other(slot);
    }
  }

  /** Debezium's decimal that brings its own scale. */
  private void variableDecimal(AvroCursor c, Slots slots, int slot) throws Rejected {
    long scale = -1;
    int from = 0;
    int length = 0;
    for (int i = 0; i < branches.size(); i++) {
      AvroType part = branches.get(i);
      if (names.get(i).equals("scale") && part.kind.equals("int")) scale = c.number();
      else if (names.get(i).equals("value") && part.kind.equals("bytes")) {
        length = (int) Math.min(Integer.MAX_VALUE, c.number());
        from = c.take(length);
      } else part.skip(c, 0);
    }
    Wire.decimal(slots, slot, c.bytes, from, length, scale);
  }

  /** A text, boolean or integer as text; empty for anything else. */
  String plain(AvroCursor c) throws Rejected {
    switch (kind) {
      case "union": return branch(c).plain(c);
      case "boolean": return c.bytes[c.take(1)] == 1 ? "true" : "false";
      case "int":
      case "long": return Long.toString(c.number());
      case "enum": return symbol(c);
      case "string": {
        int length = (int) Math.min(Integer.MAX_VALUE, c.number());
        String text = AvroCursor.utf8(c.bytes, c.take(length), length);
        return text == null ? "" : text;
      }
      default:
        skip(c, 0);
        return "";
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
