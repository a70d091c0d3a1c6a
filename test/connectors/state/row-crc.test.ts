import { crc32 } from "node:zlib";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { crcOfText, idCrc, rowCrc } from "../../../connectors/state/row-crc.js";
import { keptTally, plainSql, Tallies, tallyOf } from "../../../connectors/state/tallies.js";

const TEXTS = [
  "",
  "a",
  "S-2024-000017",
  "山丹县",
  "a\u0000b",
  "𠮷",
  "x".repeat(300),
  "'; --",
  "é",
  "n\u0001",
];

describe("the checksum of a row", () => {
  it("is zlib's CRC-32 of its text, whatever its characters and length", () => {
    for (const text of TEXTS) {
      expect(crcOfText(text), text).toBe(crc32(text));
      expect(crcOfText(text, crc32("before")), text).toBe(crc32(`before${text}`));
      for (const ref of [0, 9, 10, 128, 12_345, 2 ** 31, 2 ** 32 + 7, 2 ** 53 - 1]) {
        expect(idCrc(text, ref), `${text} ${ref}`).toBe(rowCrc([text, ref]));
      }
    }
  });

  it("tells types and places of values apart", () => {
    const rows = [
      ["1", 2],
      [1, "2"],
      ["12", ""],
      [1, 2],
      [null, 2],
      ["n", 2],
      [Buffer.from("1"), 2],
    ];
    expect(new Set(rows.map((row) => rowCrc(row))).size).toBe(rows.length);
  });
});

describe("tallies that triggers keep", () => {
  it("are those of the rows, after every kind of write, for values of every kind", () => {
    const db = new Database(":memory:");
    db.exec(`CREATE TABLE tally (name TEXT PRIMARY KEY, rows INTEGER, a INTEGER, b INTEGER) STRICT;
      CREATE TABLE plain (k TEXT PRIMARY KEY, n INTEGER, t TEXT) STRICT, WITHOUT ROWID;
      CREATE TABLE pair (id INTEGER PRIMARY KEY, k TEXT UNIQUE, n INTEGER NOT NULL) STRICT;
      CREATE TABLE bytes (id INTEGER PRIMARY KEY, data BLOB, t TEXT) STRICT;
      CREATE TABLE block (id INTEGER PRIMARY KEY, month INTEGER NOT NULL, rows INTEGER NOT NULL, data BLOB) STRICT;
      CREATE INDEX block_month ON block (month, id);`);
    const tallies = new Tallies(db);
    tallies.follow();
    const numbers = [0, -1, 7, -(2 ** 52), 2 ** 53 - 1, null];
    const write = db.transaction(() => {
      for (const [i, text] of TEXTS.entries()) {
        for (const [j, n] of numbers.entries()) {
          const other = TEXTS[(i + j) % TEXTS.length];
          db.prepare("INSERT OR REPLACE INTO plain VALUES (?, ?, ?)").run(text, n, j % 2 ? other : null);
          db.prepare(
            "INSERT INTO pair (k, n) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET n = excluded.n",
          ).run(text, n ?? 1);
          const data = j % 3 ? Buffer.from(other) : null;
          db.prepare("INSERT INTO bytes (data, t) VALUES (?, ?)").run(data, j % 2 ? text : null);
          db.prepare("INSERT INTO block (month, rows, data) VALUES (?, ?, ?)").run(i, j, data);
        }
      }
      // A row takes the place of two others.
      db.prepare("INSERT OR REPLACE INTO pair (id, k, n) VALUES (1, 'a', 5)").run();
      db.prepare("UPDATE plain SET t = 'same' WHERE n > 0").run();
      db.prepare("UPDATE plain SET t = t").run();
      db.prepare("UPDATE bytes SET data = x'00ff' WHERE id % 4 = 0").run();
      db.prepare("DELETE FROM bytes WHERE id % 5 = 0").run();
      db.prepare("DELETE FROM pair WHERE n < 0").run();
      db.prepare("UPDATE block SET month = 99 WHERE id = 2").run();
      tallies.save();
    });
    write();
    for (const table of ["plain", "pair", "bytes", "block"]) {
      expect(keptTally(plainSql(db), table), table).toMatchObject(tallyOf(db, table));
      expect(tallyOf(db, table).rows, table).toBeGreaterThan(2);
    }
    expect(tallies.differing()).toEqual([]);
    db.exec("DROP TRIGGER temp.plain_change; UPDATE plain SET n = 8 WHERE k = 'a'");
    expect(tallies.differing()).toEqual(["plain"]);
  });
});
