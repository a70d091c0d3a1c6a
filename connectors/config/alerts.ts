import { groupingOf } from "../../aggregations/alerts/readings.js";
import { type AlertRule, EACH, TESTS } from "../../schemas/alerts/rule.js";
import { WATCHES, type Watch, watchOf } from "../../schemas/alerts/watches.js";
import type { Config } from "../../schemas/config/schema.js";
import { DIMENSIONS, SETTLEMENT_DIMENSIONS } from "../../schemas/dimensions.js";
import { FACT_INDICATORS } from "../../schemas/fact-indicators.js";
import {
  COMPUTED_INDICATORS,
  DIP_INDICATORS,
  ENROLMENT_INDICATORS,
  FUND_INDICATORS,
  INDICATORS,
} from "../../schemas/indicators.js";
import { type Finding, nearest } from "./problems.js";

const ALLOWED = [
  ...COMPUTED_INDICATORS,
  ...FACT_INDICATORS.map((f) => f.name),
  ...WATCHES.map((w) => w.name),
];
const SETTLED = new Map(INDICATORS.map((i) => [i.name, i]));
const FUND_GROUPINGS = [
  "total",
  "district",
  "subject",
  "fund",
  "fund+subject",
  "district+fund",
  "district+fund+subject",
];
const LIVE_FUND_GROUPINGS = ["total", "district", "fund", "district+fund"];
const LIVE = new Set(["settled_expense", "settled_progress"]);
const UNITS = new Map(
  [...INDICATORS, ...ENROLMENT_INDICATORS, ...FUND_INDICATORS, ...DIP_INDICATORS, ...FACT_INDICATORS].map(
    (i) => [i.name, i.unit],
  ),
);

type Say = (message: string, ...keys: readonly PropertyKey[]) => Finding;

/** Whether a rule asks for what this configuration publishes. */
export const isAnswerable = (rule: AlertRule, config: Config): boolean =>
  judge(rule, config, (message) => ({ kind: "problem", keys: [], message, touches: [] })).length === 0;

/**
 * Every rule must ask for figures that are published, and be told apart by its name. `given`: the rules were
 * written down; default ones that cannot be asked are left out instead.
 */
export function alertRules(config: Config, given: boolean): Finding[] {
  const names = new Set<string>();
  const channels = new Set<string>();
  return [
    ...(given ? config.alerts : []).flatMap((rule, i): Finding[] => {
      const say: Say = (message, ...keys) => ({
        kind: "problem",
        keys: ["alerts", i, ...keys],
        message,
        touches: ["alerts", "groupings", "personGroupings", "periods"],
      });
      const twice = names.has(rule.name) ? [say(`another rule is called ${rule.name} too`, "name")] : [];
      names.add(rule.name);
      return [...twice, ...judge(rule, config, say)];
    }),
    ...config.notify.flatMap((channel, i): Finding[] => {
      const name = channel.name ?? channel.kind;
      const twice = channels.has(name);
      channels.add(name);
      return twice
        ? [
            {
              kind: "problem",
              keys: ["notify", i, "name"],
              message: `another channel is called ${name} too; give this one a name of its own`,
              touches: ["notify"],
            },
          ]
        : [];
    }),
  ];
}

function judge(rule: AlertRule, config: Config, say: Say): Finding[] {
  if (!ALLOWED.includes(rule.indicator)) {
    const near = nearest(rule.indicator, ALLOWED);
    return [
      say(
        `no indicator ${rule.indicator}; ${near === null ? "" : `did you mean ${near}? `}data_dictionary lists the indicators, docs/alerts.md what else may be watched`,
        "indicator",
      ),
    ];
  }
  const tests = TESTS.filter((test) => rule[test] !== undefined);
  if (tests.length === 0) return [say(`asks nothing; give one of ${TESTS.join(", ")}`)];
  const watch = watchOf(rule.indicator);
  const stars = Object.entries(rule.where).filter(([, value]) => value === EACH);
  const found = stars.length > 1 ? [say('one dimension at most may be "*"', "where", stars[1][0])] : [];
  return [...found, ...(watch === undefined ? figureRule(rule, config, say) : watchRule(rule, watch, say))];
}

function watchRule(rule: AlertRule, watch: Watch, say: Say): Finding[] {
  const dimensions = watch.dimension === null ? [] : [watch.dimension];
  return [
    ...unknownNames(Object.keys(rule.where), dimensions, `${watch.name} is told apart by`, say, "where"),
    ...unknownNames(Object.keys(rule.atLeast), watch.amounts, `${watch.name} knows`, say, "atLeast"),
    ...TESTS.filter((t) => rule[t] !== undefined && t !== "above" && t !== "below").map((t) =>
      say(`${watch.name} takes above and below alone`, t),
    ),
    ...(watch.dimension !== null && rule.where[watch.dimension] === undefined
      ? [say(`${watch.name} needs ${watch.dimension}: "*" for each, or one of its values`, "where")]
      : []),
  ];
}

function figureRule(rule: AlertRule, config: Config, say: Say): Finding[] {
  const { insurance: _, ...where } = rule.where;
  const unknown = unknownNames(
    Object.keys(rule.where),
    ["insurance", ...DIMENSIONS],
    "dimensions are",
    say,
    "where",
  );
  if (unknown.length > 0) return unknown;
  return [
    ...(rule.where.insurance === EACH
      ? [say("name one insurance, or leave it out for all", "where", "insurance")]
      : []),
    ...groupingProblems(rule, groupingOf(Object.keys(where)), config, say),
    ...amountProblems(rule, say),
    ...testProblems(rule, say),
  ];
}

function groupingProblems(rule: AlertRule, grouping: string, config: Config, say: Say): Finding[] {
  const of = (list: readonly string[], which: string): Finding[] =>
    list.includes(grouping)
      ? []
      : [
          say(
            `${rule.indicator} is not published by ${grouping}${rule.period === "day" ? " for days" : ""}; ${which} ${list.join(", ")}`,
            "where",
          ),
        ];
  const settled = SETTLED.get(rule.indicator);
  if (settled !== undefined) {
    const persons = settled.presence === "persons";
    if (rule.period === "day") {
      return persons
        ? [say(`${rule.indicator} is not counted by day`, "period")]
        : of(config.periods.dayGroupings, "`periods.dayGroupings` has");
    }
    return persons
      ? of(config.personGroupings, "`personGroupings` has")
      : of(config.groupings, "`groupings` has");
  }
  if (rule.period === "day") return [say(`${rule.indicator} has no figures of days`, "period")];
  if (LIVE.has(rule.indicator)) return of(LIVE_FUND_GROUPINGS, "there are");
  if (FUND_INDICATORS.some((i) => i.name === rule.indicator)) return of(FUND_GROUPINGS, "there are");
  if (DIP_INDICATORS.some((i) => i.name === rule.indicator)) return of(["total", "facility"], "there are");
  return [];
}

function amountProblems(rule: AlertRule, say: Say): Finding[] {
  const names = Object.keys(rule.atLeast);
  if (SETTLED.has(rule.indicator))
    return unknownNames(names, [...SETTLED.keys()], "figures of the same row are", say, "atLeast");
  const family = [FUND_INDICATORS, DIP_INDICATORS, ENROLMENT_INDICATORS].find((list) =>
    (list as readonly { readonly name: string }[]).some((i) => i.name === rule.indicator),
  ) as readonly { readonly name: string }[] | undefined;
  return unknownNames(
    names,
    (family ?? []).map((i) => i.name),
    "figures of the same row are",
    say,
    "atLeast",
  );
}

function testProblems(rule: AlertRule, say: Say): Finding[] {
  const found: Finding[] = [];
  if (rule.aheadOfYear !== undefined && UNITS.get(rule.indicator) !== "fraction")
    found.push(
      say("takes a share of the year's money, such as settled_progress or expense_progress", "aheadOfYear"),
    );
  if (rule.aheadOfYear !== undefined && rule.period !== "year" && rule.period !== "ytd")
    found.push(say("goes with period year or ytd", "aheadOfYear"));
  const byFacility = rule.where.facility === EACH && SETTLEMENT_DIMENSIONS.includes("facility");
  if (rule.aheadOfPeers !== undefined && !byFacility)
    found.push(say('compares facilities: where needs facility: "*"', "aheadOfPeers"));
  return found;
}

function unknownNames(
  names: readonly string[],
  allowed: readonly string[],
  which: string,
  say: Say,
  key: "where" | "atLeast",
): Finding[] {
  return names
    .filter((name) => !allowed.includes(name))
    .map((name) => {
      const near = nearest(name, allowed);
      const list =
        allowed.length > 20 ? `${allowed.slice(0, 12).join(", ")} …` : allowed.join(", ") || "none";
      return say(`unknown${near === null ? "" : `; did you mean ${near}?`} (${which} ${list})`, key, name);
    });
}
