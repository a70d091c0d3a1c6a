import { createReadStream, readFileSync } from "node:fs";
import avro from "avsc";
import { answer, usage } from "../measure.mjs";

/**
 * Yardstick A: every record of a container decoded in full by avsc under its defaults. `loop` decodes the
 * blocks in memory, the fastest way there is; `stream` is avsc's own container reader.
 */
const { file, way } = JSON.parse(process.argv[2]);
let records = 0;
let kept;
const started = performance.now();
const before = usage().cpu;
if (way === "stream") {
  await new Promise((resolve, reject) => {
    createReadStream(file)
      .pipe(new avro.streams.BlockDecoder())
      .on("data", (record) => {
        records++;
        kept = record;
      })
      .on("end", resolve)
      .on("error", reject);
  });
} else {
  const bytes = readFileSync(file);
  const header = avro.Type.forSchema({
    type: "record",
    name: "Header",
    fields: [
      { name: "magic", type: { type: "fixed", name: "Magic", size: 4 } },
      { name: "meta", type: { type: "map", values: "bytes" } },
      { name: "sync", type: { type: "fixed", name: "Sync", size: 16 } },
    ],
  });
  const long = avro.Type.forSchema("long");
  const head = header.decode(bytes);
  const type = avro.Type.forSchema(JSON.parse(head.value.meta["avro.schema"].toString()));
  for (let at = head.offset; at < bytes.length; at += 16) {
    const count = long.decode(bytes, at);
    at = long.decode(bytes, count.offset).offset;
    for (let i = 0; i < count.value; i++) {
      const { value, offset } = type.decode(bytes, at);
      kept = value;
      at = offset;
    }
    records += count.value;
  }
}
answer({
  records,
  kept: kept !== undefined,
  seconds: (performance.now() - started) / 1000,
  ...usage(),
  cpu: usage().cpu - before,
});
