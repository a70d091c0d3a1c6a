import type { DuckDBConnection } from "@duckdb/node-api";
import { MEASURES } from "../schemas/measures.js";
import { appendBlocks } from "./duckdb-append.js";
import type { PersonCounts, SumChanges } from "./publisher.js";

/** What of the facts adds up. */
const names = [...MEASURES.map((m) => m.name), "settlements"];
const each = (text: (name: string) => string): string => names.map(text).join(", ");

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
  changes: readonly SumChanges[],
  persons: readonly PersonCounts[],
  periods: ReadonlyMap<string, ChangedPeriod>,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE in_change_period (pid INTEGER, period VARCHAR, previous VARCHAR, next VARCHAR);
    CREATE OR REPLACE TEMP TABLE in_change (pid INTEGER, gid INTEGER, ${each((n) => `${n} DOUBLE`)});
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
    changes.map(({ data }, pid) => [
      new Int32Array(data.gids.length).fill(pid),
      data.gids,
      ...data.sums,
      data.settlements,
    ]),
  );
  await appendBlocks(
    connection,
    { catalog: "temp", table: "in_counted" },
    persons.map((p) => [new Array<string>(p.gids.length).fill(p.period), p.gids, p.counts]),
  );
  const previous = targets.some((t) => t.previous !== null);
  const next = targets.some((t) => t.next !== null);
  await connection.run(statements(previous, next).join(";\n"));
}

const statements = (previous: boolean, next: boolean): readonly string[] => [
  `CREATE OR REPLACE TEMP TABLE change AS
    SELECT p.period, p.previous, p.next, g."grouping", d.gid, ${each((n) => `d.${n}::BIGINT AS ${n}`)},
      c.persons::BIGINT AS persons, g.has_persons AND length(p.period) <> 10 AS has_persons
    FROM in_change d JOIN in_change_period p USING (pid) JOIN store.grp g ON g.gid = d.gid
      LEFT JOIN in_counted c ON c.period = p.period AND c.gid = d.gid`,

  `UPDATE store.fact SET ${each((n) => `${n} = fact.${n} + c.${n}`)},
    present = fact.settlements + c.settlements > 0, persons = coalesce(c.persons, fact.persons)
    FROM change c WHERE fact.period = c.period AND fact.gid = c.gid`,

  `INSERT INTO store.fact
    SELECT c.period, c."grouping", c.gid, true, ${each((n) => `c.${n}`)},
      CASE WHEN c.has_persons THEN coalesce(c.persons, 0) END
    FROM change c ANTI JOIN store.fact f ON f.period = c.period AND f.gid = c.gid
    WHERE c.settlements > 0 ORDER BY c.period, c."grouping", c.gid`,

  `DELETE FROM store.fact USING change c
    WHERE NOT fact.present AND fact.period = c.period AND fact.gid = c.gid`,

  // Rows of zeros where last year has data and this year has none (any more).
  ...(previous
    ? [
        `INSERT INTO store.fact
          SELECT c.period, c."grouping", c.gid, false, ${each(() => "0")}, CASE WHEN c.has_persons THEN 0 END
          FROM change c SEMI JOIN (FROM store.fact WHERE present) y ON y.period = c.previous AND y.gid = c.gid
            ANTI JOIN store.fact f ON f.period = c.period AND f.gid = c.gid`,
      ]
    : []),
  ...(next
    ? [
        `DELETE FROM store.fact USING (FROM change c
            ANTI JOIN store.fact f ON f.period = c.period AND f.gid = c.gid AND f.present) c
          WHERE NOT fact.present AND fact.period = c.next AND fact.gid = c.gid`,
        `INSERT INTO store.fact
          SELECT c.next, c."grouping", c.gid, false, ${each(() => "0")}, CASE WHEN c.has_persons THEN 0 END
          FROM change c SEMI JOIN (FROM store.fact WHERE present) f ON f.period = c.period AND f.gid = c.gid
            ANTI JOIN store.fact n ON n.period = c.next AND n.gid = c.gid
          WHERE c.next IS NOT NULL`,
      ]
    : []),

  ...["change", "in_change", "in_change_period", "in_counted"].map((t) => `DROP TABLE temp.${t}`),
];
