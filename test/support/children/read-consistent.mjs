// Holds the tables of a published file against each other within each opening. The input is plain: every
// settlement counts once, is of a person of its own, and is local.
import { setTimeout as sleep } from "node:timers/promises";
import { readAgainAndAgain } from "./reading.mjs";

const whole = (indicator, grouping) => `(SELECT coalesce(sum(value), 0) FROM indicators
  WHERE period_kind = 'year' AND insurance = 'all' AND "grouping" = '${grouping}' AND indicator = '${indicator}')`;
const TOTAL = whole("visits", "total");
/** Each must be true of one consistent snapshot. */
const HOLDS = {
  "records behind the balance are the visits": `${TOTAL} = (SELECT sum(applied) FROM quality_balance
    WHERE "partition" LIKE 'settlement%')`,
  "input positions are the records of the balance": `(SELECT sum(p.next) FROM (SELECT unnest(input_positions) AS p
    FROM snapshot) WHERE p."partition" LIKE '%.ndjson') = (SELECT sum(received) FROM quality_balance)`,
  "total is the sum over care": `${TOTAL} = ${whole("visits", "care")}`,
  "care is the sum over tiers": `${TOTAL} = ${whole("visits", "care+tier")}`,
  "everybody came once": `${whole("persons", "total")} = ${TOTAL}`,
  "the year is its months": `${whole("fee", "total")} = (SELECT sum(value) FROM indicators
    WHERE period_kind = 'month' AND insurance = 'all' AND "grouping" = 'total' AND indicator = 'fee')`,
  "all is every insurance": `${whole("fee", "total")} = (SELECT sum(value) FROM indicators
    WHERE period_kind = 'year' AND insurance <> 'all' AND "grouping" = 'total' AND indicator = 'fee')`,
  "wide tables are the indicators": `${TOTAL} = (SELECT sum(visits) FROM (
    SELECT visits FROM inpatient WHERE period_kind = 'year' AND insurance = 'all' AND "grouping" = 'care'
    UNION ALL
    SELECT visits FROM outpatient WHERE period_kind = 'year' AND insurance = 'all' AND "grouping" = 'care'))`,
  "what the funds settled is what was paid": `${whole("pool_paid", "total")} = (SELECT sum(value) FROM indicators
    WHERE period_kind = 'year' AND insurance <> 'all' AND "grouping" = 'fund' AND indicator = 'settled_expense'
    AND fund IN ('employee_pool', 'resident', 'maternity'))`,
  "an average is its parts": `(SELECT count(*) FROM indicators WHERE indicator = 'avg_fee' AND "grouping" = 'total'
    AND value IS DISTINCT FROM (SELECT round(f.value / v.value, 6) FROM indicators f, indicators v
      WHERE f.indicator = 'fee' AND v.indicator = 'visits' AND f."grouping" = 'total' AND v."grouping" = 'total'
        AND f.period = indicators.period AND v.period = f.period
        AND f.insurance = indicators.insurance AND v.insurance = f.insurance)) = 0`,
};

const [path, stop] = process.argv.slice(2);
await readAgainAndAgain(path, stop, 250, async (first) => {
  const version = Number((await first("SELECT version FROM snapshot"))[0]);
  const held = await first(`SELECT ${Object.values(HOLDS).join(", ")}`);
  const mixtures = Object.keys(HOLDS).flatMap((name, i) => (held[i] === true ? [] : [`${version}: ${name}`]));
  // The file is replaced while it is open; what was opened stays.
  await sleep(60);
  const [then, holds] = await first(`SELECT version, ${TOTAL} = ${whole("visits", "care")} FROM snapshot`);
  if (Number(then) !== version || holds !== true) mixtures.push(`${version}: became ${then}`);
  return { version, mixtures };
});
