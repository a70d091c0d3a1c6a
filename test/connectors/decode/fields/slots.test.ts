import { expect, test } from "vitest";
import { layoutOf, Slots } from "../../../../connectors/decode/fields/slots.js";
import { STREAMS, type StreamName } from "../../../../schemas/input/streams.js";

test.each(Object.keys(STREAMS) as StreamName[])(
  "a field of %s is absent until it has a value, and again in the next record",
  (stream) => {
    const slots = new Slots(layoutOf(stream));
    slots.layout.fields.forEach(({ name, type }, slot) => {
      slots.clear();
      expect([name, slots.absent(slot)]).toEqual([name, true]);
      if (type === "map") slots.map = { 就医类型: "住院" };
      else if (["string", "rate", "decimal"].includes(type)) slots.texts[slot] = "1";
      else slots.numbers[slot] = 0;
      expect([name, slots.absent(slot)]).toEqual([name, false]);
      expect(slots.toRecord()[name]).not.toBeNull();
    });
  },
);
