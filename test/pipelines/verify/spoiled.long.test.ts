import { DuckDBInstance } from "@duckdb/node-api";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COUNTED, LEFT_OUT } from "../../../connectors/duckdb/recount/tables.js";
import { retally } from "../../../connectors/state/tallies.js";
import { fillWithOneOfEach, LATER, NOW } from "../../support/one-of-each.js";
import { settlement, Workspace } from "../../support/workspace.js";

let w: Workspace;
beforeAll(async () => {
  w = new Workspace({
    alerts: [
      { name: "fee", indicator: "fee", where: { care: "inpatient" }, period: "year", above: 1 },
      { name: "funds", indicator: "months_payable", where: { fund: "*" }, period: "ytd", below: 100 },
    ],
    notify: [{ kind: "webhook", url: "http://127.0.0.1:9/nobody" }],
  });
  fillWithOneOfEach(w);
  await w.drain(NOW);
  await w.engine((engine) => engine.close("2024-03", { force: true }), NOW);
  acceptGap();
  w.put("settlement-2.ndjson", [settlement("2", { fixmedins_code: "H1", inscp_scp_amt: "80.00", ...LATER })]);
  w.put("fund-entry-2.ndjson", [
    {
      ...{
        entry_id: "c",
        fund: "resident",
        admdvs: "620725",
        kind: "expense",
        subject: "benefit",
        amount: "71.00",
      },
      ...{ book_date: "2024-03-30", beneficiaries: 3, ...LATER },
    },
  ]);
  await w.drain(NOW);
}, 240_000);
afterAll(() => w.remove());

/** As `run --accept-gap` keeps one; the folder has none. */
function acceptGap(): void {
  const db = new Database(w.state);
  db.prepare(
    "INSERT INTO gap (source, partition, kind, from_next, to_next, at, by) VALUES ('kafka:fund.settlement', '0', 'deleted', 5, 9, ?, 'ops')",
  ).run(NOW());
  retally(db, ["gap"]);
  db.close();
}

const verify = () => w.engine((engine) => engine.verify(), NOW);

async function inFile<T>(work: (run: (sql: string) => Promise<unknown[][]>) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(w.published);
  const connection = await instance.connect();
  try {
    const result = await work(async (sql) => (await connection.runAndReadAll(sql)).getRows() as unknown[][]);
    await connection.run("CHECKPOINT");
    return result;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

interface Column {
  readonly table: string;
  readonly name: string;
  /** The column with one more in the last place; a list with one more member. */
  readonly spoiled: string;
}

/** Every numeric column of every table that the file has, whoever added it. */
const numericColumns = (): Promise<Column[]> =>
  inFile(async (run) => {
    const rows =
      await run(`SELECT c.schema_name || '.' || c.table_name, c.column_name, coalesce(c.numeric_scale, 0)::INTEGER,
        c.data_type LIKE '%[]'
      FROM duckdb_columns() c SEMI JOIN duckdb_tables() t ON t.table_oid = c.table_oid AND t.schema_name = c.schema_name
      WHERE c.data_type SIMILAR TO '(U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL).*' ORDER BY ALL`);
    return (rows as [string, string, number, boolean][])
      .map(([table, name, scale, list]) => ({
        table,
        name,
        spoiled: list
          ? `list_append("${name}", 1)`
          : `coalesce("${name}", 0) + ${scale === 0 ? "1" : `0.${"0".repeat(scale - 1)}1`}`,
      }))
      .filter(({ table, name }) => !(table in LEFT_OUT) && !(`${table}.${name}` in LEFT_OUT));
  });

/** Spoils these columns in the first row of their tables, and tells which of them the recount names. */
async function found(columns: readonly Column[]): Promise<Set<string>> {
  const tables = [...new Set(columns.map((c) => c.table))];
  await inFile(async (run) => {
    for (const table of tables) {
      const [[rows]] = (await run(`SELECT count(*)::INTEGER FROM ${table}`)) as [[number]];
      expect(rows, `${table} has no row: give the test one`).toBeGreaterThan(0);
      const set = columns.filter((c) => c.table === table).map((c) => `"${c.name}" = ${c.spoiled}`);
      await run(`UPDATE ${table} SET ${set.join(", ")} WHERE rowid = (SELECT min(rowid) FROM ${table})`);
    }
  });
  const { differences } = await verify();
  const named = new Set<string>();
  for (const { indicator } of differences) {
    const [table, fields] = indicator.includes(".") ? indicator.split(".") : ["", indicator];
    for (const field of (fields ?? "").split("+")) named.add(`${table}.${field}`);
  }
  const says = ({ table, name }: Column): boolean => {
    const bare = table.split(".")[1]!;
    if (table === "store.fact") return named.has(`.${name}`);
    if (table === "store.figure") {
      return [...named].some((n) => (name === "value" ? !n.includes("(") : n.endsWith(` (${name})`)));
    }
    return named.has(`${bare}.${name}`);
  };
  return new Set(columns.filter(says).map((c) => `${c.table}.${c.name}`));
}

/** A start holds this one against the working file and publishes that again: it mends itself. */
const MENDED = "main.snapshot.version";
/** Numbers that rows of other tables go by: spoiled by themselves. */
const isKey = ({ name }: Column): boolean => ["gid", "id"].includes(name);

test("what nobody spoiled is equal, in every table", async () => {
  const { differences } = await verify();
  expect(differences).toEqual([]);
}, 120_000);

test("a unit too much in any number of any published table is found", {
  tags: "long",
  timeout: 600_000,
}, async () => {
  const columns = (await numericColumns()).filter((c) => `${c.table}.${c.name}` !== MENDED);
  const tables = new Set(columns.map((c) => c.table));
  for (const table of COUNTED) expect(tables).toContain(table);
  for (const table of [
    "store.share_base",
    "store.enrolled",
    "store.closed_fact",
    "main.alert",
    "main.snapshot",
  ])
    expect(tables).toContain(table);
  const own = (names: readonly string[]) => columns.filter((c) => names.includes(c.table) && !isKey(c));
  const apart = ["store.fact", "store.figure", "store.share_base"];
  for (const part of [
    columns.filter((c) => !apart.includes(c.table) && !isKey(c)),
    ...apart.map((table) => own([table])),
    columns.filter((c) => isKey(c) && c.table !== "store.fact" && c.table !== "store.grp"),
    columns.filter((c) => c.table === "store.grp"),
  ]) {
    const missed = await found(part);
    expect([...missed].sort()).toEqual(part.map((c) => `${c.table}.${c.name}`).sort());
  }
});

test("an alert that should stand and does not is named, and one with another number", async () => {
  await inFile((run) =>
    run(
      "UPDATE alert SET state = 'cleared' WHERE rule = 'fee'; UPDATE alert SET value = value + 0.000001, measured = measured + 0.000001 WHERE rule = 'funds'",
    ),
  );
  const { differences } = await verify();
  const names = differences.map((d) => d.indicator);
  expect(names).toContain("alert fee");
  expect(names).toContain("alert.value funds");
  expect(names).toContain("alert.measured funds");
}, 120_000);

test("enrolment, balances, months payable, DIP ratios, facts and growth are each found by a unit", {
  timeout: 240_000,
}, async () => {
  const names = [
    ...[
      "enrolled",
      "enrolled_paid",
      "enrolment_progress",
      "balance_period",
      "balance_cumulative",
      "months_payable",
    ],
    ...[
      "use_progress",
      "expense_to_available",
      "dip_difference",
      "dip_deposit",
      "dip_prepay_rate",
      "inspected",
    ],
  ];
  await inFile(async (run) => {
    for (const name of names) {
      const rows =
        await run(`UPDATE store.figure SET value = value + 0.000001, change_pct = coalesce(change_pct, 0) + 0.000001
        WHERE rowid = (SELECT min(rowid) FROM store.figure WHERE indicator = '${name}' AND value IS NOT NULL) RETURNING 1`);
      expect(rows.length, name).toBe(1);
    }
    await run(
      "UPDATE store.enrolled SET persons = persons + 1 WHERE period = '2024-03' AND insurance = 'resident'",
    );
  });
  const named = new Set((await verify()).differences.map((d) => d.indicator));
  for (const name of names) {
    expect(named, name).toContain(name);
    expect(named, name).toContain(`${name} (change_pct)`);
  }
  expect(named).toContain("hospitalization_rate");
  expect(named).toContain("enrolled.persons");
});
