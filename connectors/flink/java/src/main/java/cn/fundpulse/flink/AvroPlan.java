package cn.fundpulse.flink;

import java.util.List;

/** How records of one writer schema are read into the slots of a stream, or why they cannot be. */
final class AvroPlan {
  private static final List<String> IMAGES = List.of("before", "after");
  private final AvroType writer;
  /** By field of the writer: the slot that it fills; −1: none. */
  private int[] slotOf;
  /** By field of the writer: its place in {@link Layout#DELETION}; −1: none of them. */
  private int[] deletionOf;
  private final Rejected refused;

  AvroPlan(AvroType writer, Layout layout) {
    this.writer = writer;
    refused = compile(layout);
  }

  private Rejected compile(Layout layout) {
    if (!writer.kind.equals("record")) return Rejected.undecodable("the writer schema is no record");
    List<String> names = writer.names;
    if (names.contains("op") && names.stream().anyMatch(IMAGES::contains) && !names.contains(layout.fields[0].name))
      return new Rejected("unknown_schema", "the writer schema is one of change events, which are not read by this engine");
    slotOf = new int[names.size()];
    deletionOf = new int[names.size()];
    for (int i = 0; i < slotOf.length; i++) {
      String name = names.get(i);
      deletionOf[i] = Layout.DELETION.indexOf(name);
      slotOf[i] = deletionOf[i] >= 0 ? -1 : layout.slotOf.getOrDefault(name, -1);
      String foreign = slotOf[i] < 0 && deletionOf[i] < 0 ? null : writer.branches.get(i).foreign();
      if (foreign != null) return new Rejected("unknown_schema", name + " has the semantic type " + foreign + ", which is not known");
    }
    return null;
  }

  void read(byte[] message, int from, Slots slots) throws Rejected {
    if (refused != null) throw refused;
    AvroCursor c = new AvroCursor(message, from);
    int fields = slots.layout.fields.length;
    for (int i = 0; i < slotOf.length; i++) {
      AvroType type = writer.branches.get(i);
      int slot = slotOf[i];
      if (deletionOf[i] >= 0) slots.deletion(deletionOf[i], type.plain(c));
      else if (slot < 0 || (slot >= fields && !slots.absent(slots.layout.target(slot)))) type.skip(c, 0);
      else type.read(c, slots, slots.layout.target(slot));
    }
    if (c.at != message.length) throw Rejected.undecodable("bytes are left over after the record");
  }
}
