import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog } from "../../../connectors/ops/log.js";

function capture(): { to: Writable; text: () => string } {
  let text = "";
  const to = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { to, text: () => text };
}

test("a line is one JSON object with the event and its facts", () => {
  const { to, text } = capture();
  createLog("info", { to }).info("file taken", { file: "settlement-1.avro", records: 12 });
  expect(JSON.parse(text())).toMatchObject({ msg: "file taken", file: "settlement-1.avro", records: 12 });
});

test("record values are never written, whoever passes them", () => {
  const { to, text } = capture();
  const log = createLog("debug", { to });
  log.warn("bad", { psn_no: "P-4711", setl_id: "S-4711", raw: "P-4711", bytes: Buffer.from("P-4711") });
  expect(text()).not.toContain("4711");
  expect(text()).toContain("6 bytes");
});

test("levels below the configured one are silent", () => {
  const { to, text } = capture();
  createLog("warn", { to }).info("nothing");
  createLog("silent", { to }).error("nothing");
  expect(text()).toBe("");
});

test("a readable line shows time, level, event and facts", () => {
  const { to, text } = capture();
  createLog("info", { to, readable: true }).warn("broker away", { broker: "b:9092" });
  expect(text()).toMatch(/^\d\d:\d\d:\d\d warn {2}broker away broker=b:9092\n$/);
});
