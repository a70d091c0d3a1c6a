package cn.fundpulse.flink;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** The fields of a stream by slot, as the generator hands them over (schemas/input/streams.ts). */
final class Layout {
  static final class Field {
    String name;
    String type;
    boolean required;
    /** Of a string: id, code, name or prose. */
    String kind;
    /** Of a string: digits that an integer is padded to; 0 where an integer may not stand for it. */
    int digits;
    /** What a text reads where it is absent. */
    String absentText = "";
    /** What a number reads where it is absent; NONE: it stays NULL. */
    long absentNumber = Numbers.NONE;
  }

  final Field[] fields;
  /** Slots by name; those of other names lie behind the fields. */
  final Map<String, Integer> slotOf = new HashMap<>();
  /** For each slot behind the fields: the slot of the field that it names, in order of preference. */
  final int[] aliasOf;

  /** What a record says of its own deletion, as tools that unwrap change events write it. */
  static final List<String> DELETION = List.of("__deleted", "__ts_ms", "__source_ts_ms");

  Layout(String json) throws IOException {
    JsonNode list = new ObjectMapper().readTree(json);
    fields = new Field[list.size()];
    for (int i = 0; i < fields.length; i++) {
      JsonNode given = list.get(i);
      Field field = new Field();
      field.name = given.get("name").asText();
      field.type = given.get("type").asText();
      field.required = given.get("required").asBoolean();
      field.kind = given.path("text").asText("name");
      field.digits = given.path("digits").asInt(0);
      JsonNode absent = given.path("absent");
      if (absent.isTextual()) field.absentText = absent.asText();
      else if (absent.isNumber()) field.absentNumber = absent.asLong();
      fields[i] = field;
      slotOf.put(field.name, i);
    }
    int[] aliases = new int[0];
    for (int i = 0; i < fields.length; i++) {
      for (JsonNode alias : list.get(i).path("aliases")) {
        if (slotOf.putIfAbsent(alias.asText(), fields.length + aliases.length) != null) continue;
        aliases = java.util.Arrays.copyOf(aliases, aliases.length + 1);
        aliases[aliases.length - 1] = i;
      }
    }
    aliasOf = aliases;
  }

  /** The field that a slot fills. */
  int target(int slot) {
    return slot < fields.length ? slot : aliasOf[slot - fields.length];
  }
}
