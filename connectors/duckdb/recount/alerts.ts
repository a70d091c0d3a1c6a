import type { DuckDBConnection } from "@duckdb/node-api";
import { evaluate, type Verdict } from "../../../aggregations/alerts/evaluate.js";
import { namesOf } from "../../../aggregations/alerts/finding.js";
import { factsOf } from "../../../aggregations/alerts/machine.js";
import { questionOf } from "../../../aggregations/alerts/readings.js";
import { alertName } from "../../../schemas/alerts/alert-id.js";
import type { Config } from "../../../schemas/config/schema.js";
import { readQuestions } from "../publish/alert-readings.js";
import { addDifferences } from "./difference.js";

/** Watches whose reading is of another moment than the published file. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set(["published_age", "verify_differences"]);
const FACTS = ["severity", "period", "value", "measured", "threshold", "finding"] as const;

interface Standing extends Readonly<Record<(typeof FACTS)[number], string | null>> {
  readonly rule: string;
}

/**
 * Judges every rule again on the figures of the published file and holds what comes of it against the alerts that
 * stand in it: one that should not, one that is missing, other numbers. Rules that wait for several versions are
 * held to their numbers alone. Returns how many values were compared.
 */
export async function compareAlerts(
  connection: DuckDBConnection,
  config: Pick<Config, "alerts" | "jurisdiction">,
): Promise<number> {
  const read = async (sql: string): Promise<(string | null)[][]> =>
    (await connection.runAndReadAll(sql)).getRows() as (string | null)[][];
  const [[day]] = await read(
    "SELECT datediff('day', DATE '1970-01-01', last_day)::VARCHAR FROM published.main.snapshot",
  );
  const asOf = day === null ? null : Number(day);
  const rules = config.alerts.filter((rule) => !OF_THE_MOMENT.has(rule.indicator));
  const questions = rules.flatMap((rule) => questionOf(rule, asOf) ?? []);
  await connection.run("USE published");
  let verdicts: Verdict[];
  try {
    const readings = await readQuestions(connection, questions, config.jurisdiction);
    verdicts = questions.flatMap((q, i) => evaluate(q, readings[i], asOf, namesOf(q.rule.indicator).unit));
  } finally {
    await connection.run("USE recount");
  }
  const standing = new Map<string, Standing>(
    (
      await read(`SELECT regexp_replace(id, '-\\d+$', ''), rule, ${FACTS.map((f) => `${f}::VARCHAR`).join(", ")}
        FROM published.main.alert WHERE state IN ('open', 'acknowledged')`)
    ).map(([id, rule, ...facts]) => [
      id!,
      { rule: rule!, ...Object.fromEntries(FACTS.map((f, i) => [f, facts[i]])) } as unknown as Standing,
    ]),
  );
  const differences: Parameters<typeof addDifferences>[1][number][] = [];
  const differs = (period: string | null, name: string, published: string | null, recounted: string | null) =>
    differences.push({ period: period ?? "all", indicator: name, published, recounted });
  const breached = verdicts.filter((v) => v.breached);
  for (const verdict of breached) {
    const { hold, name } = verdict.question.rule;
    const expected = factsOf(verdict);
    const found = standing.get(alertName(verdict.key));
    standing.delete(alertName(verdict.key));
    if (found === undefined) {
      if (hold === 1) differs(expected.period, `alert ${name}`, null, expected.finding);
      continue;
    }
    for (const fact of FACTS) {
      if (found[fact] !== expected[fact])
        differs(expected.period, `alert.${fact} ${name}`, found[fact], expected[fact]);
    }
  }
  const judged = new Map(rules.map((r) => [r.name, r.hold]));
  for (const { rule, period, finding } of standing.values()) {
    if (judged.get(rule) === 1) differs(period, `alert ${rule}`, finding, null);
  }
  await addDifferences(connection, differences);
  return breached.length * FACTS.length;
}
