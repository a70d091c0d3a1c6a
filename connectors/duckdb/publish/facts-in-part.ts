import type { DuckDBConnection } from "@duckdb/node-api";
import { MEASURES } from "../../../schemas/measures.js";
import type { PeriodSums, PersonCounts } from "../../ports/publisher.js";
import { appendBlocks } from "../append.js";

/** What of the facts adds up, in the order of their columns. */
const ALL = [...MEASURES.map((m) => m.name), "settlements"];

/** A published period of which some groups changed, with the same period a year before and after. */
export interface ChangedPeriod {
  readonly id: string;
  /** Null where no rows stand for it. */
  readonly previous: string | null;
  readonly next: string | null;
}

/**
 * Brings the facts of groups that changed up to date, in place, and leaves all other rows alone. Rows of
 * zeros come and go with the rows of the year before. Runs inside the caller's transaction.
 */
export async function changeFacts(
  connection: DuckDBConnection,
  changes: readonly PeriodSums[],
  persons: readonly PersonCounts[],
  periods: ReadonlyMap<string, ChangedPeriod>,
): Promise<void> {
  // Of a few thousand settlements many measures are 0 throughout.
  const columnOf = ({ data }: PeriodSums, i: number): Float64Array =>
    i < data.sums.length ? data.sums[i] : data.settlements;
  const used = ALL.map((_, i) => i).filter((i) => changes.some((c) => columnOf(c, i).some((v) => v !== 0)));
  const names = used.map((i) => ALL[i]);
  await connection.run(`CREATE OR REPLACE TEMP TABLE in_change_period (pid INTEGER, period VARCHAR, previous VARCHAR, next VARCHAR);
    CREATE OR REPLACE TEMP TABLE in_change (pid INTEGER, gid INTEGER${names.map((n) => `, ${n} DOUBLE`).join("")});
    CREATE OR REPLACE TEMP TABLE in_counted (period VARCHAR, gid INTEGER, persons DOUBLE)`);
  const targets = changes.flatMap((c, pid) =>
    c.periods.flatMap((id) => {
      const period = periods.get(id);
      return period ? [{ pid, ...period }] : [];
    }),
  );
  await appendBlocks(connection, { catalog: "temp", table: "in_change_period" }, [
    [
      Int32Array.from(targets, (t) => t.pid),
      targets.map((t) => t.id),
      targets.map((t) => t.previous),
      targets.map((t) => t.next),
    ],
  ]);
  await appendBlocks(
    connection,
    { catalog: "temp", table: "in_change" },
    changes.map((c, pid) => [
      new Int32Array(c.data.groupIds.length).fill(pid),
      c.data.groupIds,
      ...used.map((i) => columnOf(c, i)),
    ]),
  );
  await appendBlocks(
    connection,
    { catalog: "temp", table: "in_counted" },
    persons.map((p) => [new Array<string>(p.groupIds.length).fill(p.period), p.groupIds, p.counts]),
  );
  const previous = targets.some((t) => t.previous !== null);
  const next = targets.some((t) => t.next !== null);
  await connection.run(statements(new Set(names), previous, next).join(";\n"));
}

function statements(used: ReadonlySet<string>, previous: boolean, next: boolean): readonly string[] {
  const each = (text: (name: string) => string): string =>
    ALL.map((n) => (used.has(n) ? text(n) : "0")).join(", ");
  const names = [...used];
  const had = used.has("settlements") ? "c.settlements" : "0";
  return [
    // Not a table: only the first two statements need the sums, each once.
    `CREATE OR REPLACE TEMP VIEW change AS
      SELECT p.period, p.previous, p.next, d.gid, c.persons::BIGINT AS persons
        ${names.map((n) => `, d.${n}::BIGINT AS ${n}`).join("")}
      FROM in_change d JOIN in_change_period p USING (pid)
        LEFT JOIN in_counted c ON c.period = p.period AND c.gid = d.gid`,

    `UPDATE store.fact SET ${names.map((n) => `${n} = fact.${n} + c.${n}, `).join("")}
      present = fact.settlements + ${had} > 0, persons = coalesce(c.persons, fact.persons)
      FROM change c WHERE fact.period = c.period AND fact.gid = c.gid`,

    `INSERT INTO store.fact
      SELECT c.period, g."grouping", c.gid, true, ${each((n) => `c.${n}`)},
        CASE WHEN ${COUNTED} THEN coalesce(c.persons, 0) END, e.period_end
      FROM change c ANTI JOIN store.fact f ON f.period = c.period AND f.gid = c.gid
        JOIN store.grp g ON g.gid = c.gid LEFT JOIN store.period e ON e.period = c.period
      WHERE ${had} > 0 ORDER BY c.period, g."grouping", c.gid`,

    // A group comes and goes with settlements alone.
    ...(used.has("settlements")
      ? [
          `DELETE FROM store.fact USING (FROM change WHERE settlements < 0) c
            WHERE NOT fact.present AND fact.period = c.period AND fact.gid = c.gid`,
          // Rows of zeros where last year has data and this year has none (any more).
          ...(previous ? [restoreZeros] : []),
          ...(next ? nextZeros : []),
        ]
      : []),
    "DROP VIEW temp.change",
    ...["in_change", "in_change_period", "in_counted"].map((t) => `DROP TABLE temp.${t}`),
  ];
}

/** Whether a row has persons. */
const COUNTED = "g.has_persons AND length(c.period) <> 10";
const zeros = `false, ${ALL.map(() => "0").join(", ")}, CASE WHEN ${COUNTED} THEN 0 END, e.period_end`;

const restoreZeros = `INSERT INTO store.fact
  SELECT c.period, g."grouping", c.gid, ${zeros}
  FROM change c SEMI JOIN (FROM store.fact WHERE present) y ON y.period = c.previous AND y.gid = c.gid
    ANTI JOIN store.fact f ON f.period = c.period AND f.gid = c.gid
    JOIN store.grp g ON g.gid = c.gid LEFT JOIN store.period e ON e.period = c.period
  WHERE c.settlements < 0`;

const nextZeros = [
  `DELETE FROM store.fact USING (FROM change c
      ANTI JOIN store.fact f ON f.period = c.period AND f.gid = c.gid AND f.present
      WHERE c.settlements < 0) c
    WHERE NOT fact.present AND fact.period = c.next AND fact.gid = c.gid`,
  `INSERT INTO store.fact
    SELECT c.next, g."grouping", c.gid, ${zeros}
    FROM change c SEMI JOIN (FROM store.fact WHERE present) f ON f.period = c.period AND f.gid = c.gid
      ANTI JOIN store.fact n ON n.period = c.next AND n.gid = c.gid
      JOIN store.grp g ON g.gid = c.gid LEFT JOIN store.period e ON e.period = c.next
    WHERE c.next IS NOT NULL AND c.settlements > 0`,
];
