package cn.fundpulse.flink;

import java.io.IOException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** How records of one writer schema are read into the slots of a stream, or why they cannot be. */
final class AvroPlan {
  private AvroType writer;
  private int[] slotOf;
  private int deletedAt = -1;
  private Rejected refused;

  AvroPlan(String schema, Layout layout) {
    try {
      writer = AvroType.of(new ObjectMapper().readTree(schema));
    } catch (IOException | RuntimeException e) {
      refused = Rejected.undecodable("the writer schema is none");
      return;
    }
    if (!writer.kind.equals("record")) {
      refused = Rejected.undecodable("the writer schema is no record");
      return;
    }
    slotOf = new int[writer.names.size()];
    boolean found = false;
    for (int i = 0; i < slotOf.length; i++) {
      String name = writer.names.get(i);
      Integer slot = layout.slotOf.get(name);
      slotOf[i] = slot == null ? -1 : slot;
      if (name.equals(Layout.DELETED)) deletedAt = i;
      found |= slot != null;
      String foreign = slot == null ? null : writer.branches.get(i).foreign();
      if (foreign != null && refused == null)
        refused = new Rejected("unknown_schema", name + " has the semantic type " + foreign + ", which this engine does not know");
    }
    if (!found && refused == null)
      refused = new Rejected("unknown_schema", "the writer schema has no field of the stream; change events are not read by this engine");
  }

  void read(byte[] message, int from, Slots slots) throws Rejected {
    if (refused != null) throw refused;
    AvroCursor c = new AvroCursor(message, from);
    int fields = slots.layout.fields.length;
    for (int i = 0; i < slotOf.length; i++) {
      AvroType type = writer.branches.get(i);
      int slot = slotOf[i];
      if (i == deletedAt) {
        int start = c.at;
        type.skip(c, 0);
        slots.deleted = new String(c.bytes, start, c.at - start, java.nio.charset.StandardCharsets.ISO_8859_1).endsWith("true");
      } else if (slot < 0 || (slot >= fields && !slots.absent(slots.layout.target(slot)))) type.skip(c, 0);
      else type.read(c, slots, slots.layout.target(slot));
    }
    if (c.at != message.length) throw Rejected.undecodable("bytes are left over after the record");
  }
}
