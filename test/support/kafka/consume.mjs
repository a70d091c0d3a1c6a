/**
 * A small pipeline to be killed: reads a Kafka topic into a SQLite file, records and position of a batch in
 * one transaction, as the real one does. Says `delivering` on standard output at its first batch.
 *
 *   node consume.mjs '{"config": …, "database": "x.db", "untilDrained": false}'
 */
import Database from "better-sqlite3";
import { KafkaSource } from "../../../dist/connectors/kafka/source.js";

const { config, database, untilDrained, batch = 25, options = {} } = JSON.parse(process.argv[2]);
const db = new Database(database);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = OFF");
db.exec(`
  CREATE TABLE IF NOT EXISTS position (source TEXT, partition TEXT, next INTEGER, lastApplied INTEGER,
    fingerprint TEXT, PRIMARY KEY (source, partition));
  CREATE TABLE IF NOT EXISTS record (partition TEXT, position INTEGER, value TEXT);
`);
const committed = db.prepare("SELECT * FROM position WHERE source = ? AND partition = ?");
const all = db.prepare("SELECT * FROM position WHERE source = ?");
const insert = db.prepare("INSERT INTO record VALUES (?, ?, ?)");
const move = db.prepare(
  "INSERT OR REPLACE INTO position VALUES (@source, @partition, @next, @lastApplied, @fingerprint)",
);
const whole = (row) => row && { ...row, finished: false };
const apply = db.transaction(({ payload, positions, position }) => {
  payload.values.forEach((value, i) => {
    insert.run(position.partition, positions[i], value.toString());
  });
  const { source, partition, next, lastApplied, fingerprint } = position;
  move.run({ source, partition, next, lastApplied, fingerprint });
});

const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
const source = new KafkaSource({
  config,
  instance: database,
  maxBatchRecords: batch,
  bootRetryMs: 60_000,
  ...options,
});
let first = true;
try {
  await source.run(
    {
      committed: (name, partition) => whole(committed.get(name, partition)),
      partitions: (name) => all.all(name).map(whole),
      signal: stop.signal,
      warn: (event, detail) => process.stderr.write(`${event} ${JSON.stringify(detail)}\n`),
    },
    async (records) => {
      if (first) process.stdout.write("delivering\n");
      first = false;
      apply(records);
      // Leaves room for a signal between two commits.
      await new Promise((resolve) => setImmediate(resolve));
    },
    { untilDrained, onDrained: () => undefined },
  );
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = error.exitCode ?? 1;
} finally {
  await source.close();
  db.close();
}
