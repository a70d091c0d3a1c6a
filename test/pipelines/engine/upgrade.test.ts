import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { afterAll, describe, expect, test } from "vitest";
import { PROGRAM_VERSION } from "../../../connectors/files/program-version.js";
import { LAYOUT } from "../../../connectors/state/migrations/list.js";
import { memoryFigures, Workspace } from "../../support/workspace.js";

// States that earlier programs left, each with 2024-01 closed, corrections after it and two records in quarantine.
const KEPT = fileURLToPath(new URL("../../support/states/", import.meta.url));
const FIXTURES = readdirSync(KEPT).filter((name) => name.endsWith(".sqlite.gz"));
const CLOSED = "2024-01";
/** The copy that an upgrade of a fixture sets aside. */
const aside = (w: Workspace, fixture: string): string =>
  join(w.data, `state.layout-${/^layout-(\d+)/.exec(fixture)![1]}.sqlite`);

const used: Workspace[] = [];
afterAll(() => {
  for (const w of used) w.remove();
});

function workspace(): Workspace {
  const w = new Workspace();
  used.push(w);
  for (const name of ["facilities", "categories", "divisions"] as const)
    w.reference(name, readFileSync(join(KEPT, "reference", `${name}.csv`), "utf8"));
  return w;
}

/** The state of an earlier program, which has taken every file of the inbox. */
function ofEarlier(fixture: string): Workspace {
  const w = workspace();
  mkdirSync(w.data);
  writeFileSync(w.state, gunzipSync(readFileSync(join(KEPT, fixture))));
  return w;
}

function put(w: Workspace): void {
  for (const name of readdirSync(join(KEPT, "inbox")))
    w.put(name.slice(0, -".gz".length), gunzipSync(readFileSync(join(KEPT, "inbox", name))));
}

const opened = <T>(path: string, work: (db: Database.Database) => T): T => {
  const db = new Database(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
};

const schemaOf = (path: string): unknown =>
  opened(path, (db) =>
    db
      .prepare(
        "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY ALL".replace(
          "ALL",
          "1, 2",
        ),
      )
      .all(),
  );

describe("a state of an earlier program goes on", () => {
  test("fixtures of every landed layout are there", () => {
    expect(FIXTURES).toEqual(
      expect.arrayContaining(["layout-2-alerts.sqlite.gz", "layout-2-first.sqlite.gz", "layout-7.sqlite.gz"]),
    );
  });

  test.each(FIXTURES)(
    "%s: its figures are those of the same records read by this program",
    async (fixture) => {
      const fresh = workspace();
      put(fresh);
      const expected = memoryFigures(await fresh.drainToMemory());
      const w = ofEarlier(fixture);
      put(w);
      const before = readFileSync(w.state);
      const found = await w.drainToMemory();
      expect(memoryFigures(found)).toEqual(expected);
      expect(found.last?.origin).toMatchObject({
        program: PROGRAM_VERSION,
        history: [
          // Layout 2 kept no history.
          ...(fixture.startsWith("layout-2") ? [] : [{ kind: "made" }]),
          { kind: "upgraded", program: PROGRAM_VERSION },
        ],
      });
      // What was closed is closed, and nothing was read a second time.
      expect(opened(w.state, (db) => db.prepare("SELECT period FROM closed").pluck().all())).toEqual([
        CLOSED,
      ]);
      expect(opened(w.state, (db) => db.prepare("SELECT sum(received) FROM place").pluck().get())).toBe(435);
      // The layout is that of a new state, and the old file stands beside it as it was.
      expect(schemaOf(w.state)).toEqual(schemaOf(fresh.state));
      expect(opened(w.state, (db) => db.pragma("user_version", { simple: true }))).toBe(LAYOUT);
      expect(readFileSync(aside(w, fixture)).equals(before)).toBe(true);
      // A second start upgrades nothing.
      const history = (): unknown => opened(w.state, (db) => db.prepare("SELECT * FROM history").all());
      const once = history();
      await w.drainToMemory();
      expect(history()).toEqual(once);
    },
  );

  test("verify finds no difference, and then the copy goes", { tags: "long" }, async () => {
    for (const fixture of FIXTURES) {
      const w = ofEarlier(fixture);
      await w.drain();
      expect(existsSync(aside(w, fixture))).toBe(true);
      const ended = await w.cli("verify");
      expect([ended.code, ended.out.toString()]).toEqual([0, expect.stringContaining("all equal")]);
      expect(existsSync(aside(w, fixture))).toBe(false);
      const [snapshot] = await w.query("SELECT program, state_history FROM snapshot");
      expect(snapshot.program).toBe(PROGRAM_VERSION);
      expect(JSON.stringify(snapshot.state_history)).toContain("upgraded");
    }
  });
});

describe("a state that this program cannot work on is refused, and left as it is", () => {
  const refused = async (w: Workspace): Promise<string> => {
    const before = readFileSync(w.state);
    const ended = await w.cli("run", "--until-drained");
    expect(ended.code).toBe(1);
    expect(readFileSync(w.state).equals(before)).toBe(true);
    return ended.err;
  };
  const altered = (sql: string): Workspace => {
    const w = ofEarlier("layout-2-alerts.sqlite.gz");
    opened(w.state, (db) => db.exec(sql));
    return w;
  };

  test("one of a newer program names that program", async () => {
    const w = altered("PRAGMA user_version = 999; INSERT INTO meta VALUES ('program', '9.8.7')");
    const err = await refused(w);
    expect(err).toContain("[FP2002]");
    expect(err).toContain("layout 999, of fundpulse 9.8.7");
  });

  test("one from before upgrades says what to do", async () => {
    const err = await refused(altered("PRAGMA user_version = 1"));
    expect(err).toContain("[FP2002]");
    expect(err).toContain("read the whole input again");
  });

  test("one of the first hours of layout 2, which had other columns", async () => {
    expect(await refused(altered("ALTER TABLE quarantine DROP COLUMN first_day"))).toContain("[FP2002]");
  });

  test("an upgrade that cannot set the copy aside changes nothing", async () => {
    const w = ofEarlier("layout-2-alerts.sqlite.gz");
    // A folder stands where the copy goes.
    mkdirSync(join(w.data, "state.layout-2.sqlite", "x"), { recursive: true });
    const err = await refused(w);
    expect(err).toContain("[FP2010]");
    expect(existsSync(join(w.data, "state.layout-2.sqlite.tmp"))).toBe(false);
  });
});
