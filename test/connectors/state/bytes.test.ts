import { expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../connectors/state/bytes.js";

test("whole numbers up to 2^52 on either side keep their sign, and those beyond are refused", () => {
  const most = 2 ** 52;
  const numbers = [0, 1, -1, 127, -128, most - 1, 1 - most, most, -most];
  const writer = new ByteWriter();
  for (const n of numbers) writer.int(n);
  const reader = new ByteReader(writer.copy());
  expect(numbers.map(() => reader.int())).toEqual(numbers);
  for (const n of [most + 1, -most - 1]) expect(() => writer.int(n)).toThrow("outside");
});
