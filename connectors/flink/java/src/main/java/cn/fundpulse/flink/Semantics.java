package cn.fundpulse.flink;

import java.util.Map;
import java.util.regex.Pattern;

/** Semantic types of Debezium and Kafka Connect and what each comes to (connectors/decode/fields/wire.ts). */
final class Semantics {
  private Semantics() {}

  private static final Map<String, String> KNOWN = Map.ofEntries(
      // The wall clock of a column without zone, written as if it were UTC.
      Map.entry("io.debezium.time.Timestamp", "local-timestamp-millis"),
      Map.entry("io.debezium.time.MicroTimestamp", "local-timestamp-micros"),
      Map.entry("io.debezium.time.NanoTimestamp", "local-timestamp-nanos"),
      Map.entry("io.debezium.time.Date", "date"),
      Map.entry("io.debezium.time.ZonedTimestamp", "text"),
      Map.entry("io.debezium.data.Enum", "text"),
      Map.entry("io.debezium.data.Uuid", "text"),
      Map.entry("io.debezium.data.VariableScaleDecimal", "variable-decimal"),
      Map.entry("org.apache.kafka.connect.data.Timestamp", "timestamp-millis"),
      Map.entry("org.apache.kafka.connect.data.Date", "date"),
      Map.entry("org.apache.kafka.connect.data.Decimal", "decimal"));
  private static final Pattern DAYS = Pattern.compile("-?[0-9]{1,6}");
  private static final Pattern POSITIVE = Pattern.compile("[1-9][0-9]*");
  private static final Pattern MILLIS = Pattern.compile("[3-9][0-9]{11}|[0-9]{13}");

  /** What a `connect.name` comes to; null where it is not known here. */
  static String of(String name) {
    return KNOWN.get(name);
  }

  /**
   * The logical type of a number where Debezium writes a time and no schema says which: the column's wall clock as if it
   * were UTC, its unit told by its size, for the years 1980 to 2286 (connectors/decode/json/envelope.ts). Null: none.
   */
  static String implied(String type, String digits) {
    if (type.equals("date") && DAYS.matcher(digits).matches()) return "date";
    if (!POSITIVE.matcher(digits).matches()) return null;
    if (MILLIS.matcher(digits).matches()) return "local-timestamp-millis";
    int length = digits.length();
    if (length == 15 || length == 16) return "local-timestamp-micros";
    return length == 18 || length == 19 ? "local-timestamp-nanos" : null;
  }
}
