package cn.fundpulse.flink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/**
 * A record of a stream as a row in its normal form, whatever its encoding, told apart by the first bytes: JSON, Avro
 * single-object (C3 01), Confluent (00 and an id). No record makes it throw: what cannot be read is a row with
 * `rejection` set. Only a schema registry that is away fails the job, which then tries again.
 */
final class RecordDecoder implements DeserializationSchema<RowData> {
  private static final long serialVersionUID = 1L;
  private final List<String> columns;
  private final TypeInformation<RowData> type;
  private final String fields;
  private final String zone;
  private final String schemas;
  private final String registry;
  private transient Slots slots;
  private transient JsonRecord json;
  private transient Schemas known;
  /** By column: its slot; −1 rejection, −2 raw bytes, −3 day and −4 month of `setl_time`. */
  private transient int[] slotOf;
  private transient boolean[] isBigint;
  private transient int timeSlot;

  RecordDecoder(List<String> columns, TypeInformation<RowData> type, String fields, String zone, String schemas, String registry) {
    this.columns = columns;
    this.type = type;
    this.fields = fields;
    this.zone = zone;
    this.schemas = schemas;
    this.registry = registry;
  }

  @Override
  public void open(InitializationContext context) throws IOException {
    open();
  }

  void open() throws IOException {
    Layout layout = new Layout(fields);
    slots = new Slots(layout, new Times(zone));
    json = new JsonRecord(slots);
    known = new Schemas(layout, schemas, registry);
    timeSlot = layout.slotOf.getOrDefault("setl_time", -1);
    Map<String, Integer> more = new HashMap<>(Map.of("rejection", -1, "raw_value", -2, "setl_day", -3, "setl_month", -4));
    slotOf = new int[columns.size()];
    isBigint = new boolean[columns.size()];
    for (int i = 0; i < slotOf.length; i++) {
      Integer slot = layout.slotOf.getOrDefault(columns.get(i), more.get(columns.get(i)));
      if (slot == null) throw new IllegalArgumentException("format 'fundpulse': the stream has no field " + columns.get(i));
      slotOf[i] = slot;
      if (slot >= 0) isBigint[i] = layout.fields[slot].type.equals("instant") || layout.fields[slot].type.equals("amount");
    }
  }

  @Override
  public RowData deserialize(byte[] message) {
    slots.clear();
    String rejection = null;
    try {
      if (message == null) throw new Rejected("passed_over", "a record without a value");
      read(message);
      slots.validate();
    } catch (Rejected e) {
      rejection = e.getMessage();
    } catch (RegistryAway away) {
      throw away;
    } catch (RuntimeException unforeseen) {
      rejection = "undecodable|" + unforeseen.getClass().getSimpleName();
    }
    if (rejection != null && rejection.startsWith("passed_over")) rejection = "passed_over";
    GenericRowData row = new GenericRowData(slotOf.length);
    for (int i = 0; i < slotOf.length; i++) row.setField(i, column(i, rejection, message));
    return row;
  }

  private void read(byte[] m) throws Rejected {
    if (m.length == 0) throw Rejected.undecodable("the value is empty");
    switch (m[0]) {
      case 0:
        if (m.length < 5) break;
        known.ofId(ByteBuffer.wrap(m, 1, 4).getInt()).read(m, 5, slots);
        return;
      case (byte) 0xc3:
        if (m.length < 10 || m[1] != 1) break;
        known.ofFingerprint(ByteBuffer.wrap(m, 2, 8).getLong()).read(m, 10, slots);
        return;
      case '{':
      case ' ':
      case '\t':
      case '\n':
      case '\r':
      case (byte) 0xef:
        json.read(m);
        return;
      default:
    }
    throw Rejected.undecodable("the first bytes belong to no known encoding");
  }

  private Object column(int i, String rejection, byte[] message) {
    int slot = slotOf[i];
    if (slot == -1) return rejection == null ? null : StringData.fromString(rejection);
    if (slot == -2) return message;
    if (slot < 0) {
      long time = timeSlot < 0 ? Numbers.NONE : slots.numbers[timeSlot];
      if (time == Numbers.NONE) return null;
      long day = slots.times.dayOf(time);
      return slot == -3 ? (int) day : Times.monthOf(day);
    }
    Layout.Field field = slots.layout.fields[slot];
    boolean absent = slots.absent(slot);
    if (Slots.isText(field)) return StringData.fromString(absent ? field.absentText : slots.texts[slot]);
    long value = absent ? field.absentNumber : slots.numbers[slot];
    if (value == Numbers.NONE) return null;
    if (isBigint[i]) return value;
    return (int) value;
  }

  @Override
  public boolean isEndOfStream(RowData next) {
    return false;
  }

  @Override
  public TypeInformation<RowData> getProducedType() {
    return type;
  }
}
