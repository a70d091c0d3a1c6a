import { Decimal } from "decimal.js";
import { groupingOf } from "../../aggregations/explain/request.js";
import { DIMENSION_LABELS } from "../../schemas/labels.js";
import type { Explanation, Part, Records } from "./explanation.js";
import { listText } from "./text-lists.js";

const labelled = (name: string, value: string): string => {
  const zh = DIMENSION_LABELS[name]?.find((l) => l.value === value)?.zh;
  return `${name}=${value}${zh === undefined ? "" : ` ${zh}`}`;
};

/** 1234567.80 → 1,234,567.80; with its unit. */
function amount(value: string | null, unit: string): string {
  if (value === null) return "none";
  // Sums of rates times amounts have more decimals than they need.
  const plain = value.replace(/(\.\d\d\d*?)0+$/, "$1");
  const [, sign = "", whole = "", rest = ""] = /^(-?)(\d+)(.*)$/.exec(plain) ?? [];
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest} ${unit}`;
}

/** A published figure with no more zeros than it needs: money keeps two decimals, a fraction also as per cent. */
function figureText(value: string | null, unit: string): string {
  if (value === null) return "none";
  const decimals = unit === "yuan" || unit.startsWith("yuan/") ? 2 : 0;
  const plain = value.includes(".") ? value.replace(/0+$/, "").replace(/\.$/, "") : value;
  const places = Math.max(decimals, (plain.split(".")[1] ?? "").length);
  const text = new Decimal(plain).toFixed(places);
  return unit === "fraction" ? `${text} (${percent(value)})` : amount(text, unit);
}

const percent = (fraction: string): string => `${new Decimal(fraction).times(100).toFixed(2)} %`;

const RECORD_NAMES: Readonly<Record<Records["kind"], string>> = {
  settlement: "Settlements",
  base: "Settlements of the base",
  fund_entry: "Lines of the books",
  enrolment: "Enrolment rows",
  dip_result: "DIP results",
  reported_fact: "Reported facts",
};

/** Everything of an explanation, for people. */
export function explanationText(e: Explanation): string {
  return [
    header(e),
    formula(e),
    ...e.records.map((r) => recordsText(e, r)),
    persons(e),
    reference(e),
    close(e),
    check(e),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function header({ request, formula: { indicator }, figure, published }: Explanation): string {
  const { unit } = figure;
  const group = [
    labelled("insurance", request.insurance),
    ...Object.entries({ ...request.dimensions, ...request.other }).map(([d, v]) => labelled(d, v)),
  ];
  if (figure.facility_name !== null) group.push(figure.facility_name);
  const lines = [
    `${request.period.id}  ${indicator.name} ${indicator.zh}  ${group.join(" · ")}  (grouping ${groupingOf(request)})`,
    `  value      ${figureText(figure.value, unit)}`,
    `  previous   ${figureText(figure.previous, unit)}${
      figure.change === null
        ? ""
        : `; change ${figureText(figure.change, unit)}${figure.change_pct === null ? "" : `, relative ${percent(figure.change_pct)}`}`
    }`,
    `  reported   ${figure.status === "open" ? "not closed yet" : `${figureText(figure.reported, unit)}, ${figure.status}`}`,
    `  published  version ${published.version} at ${published.publishedAt}`,
  ];
  return `${lines.join("\n")}\n`;
}

function sumText(parts: readonly Part[]): string {
  return parts
    .map((p, i) => {
      const sign = i === 0 && p.sign === "+" ? "" : `${p.sign} `;
      return `${sign}${p.zh} ${p.term} ${amount(p.value ?? "0", p.unit)}`;
    })
    .join(" ");
}

function formula(e: Explanation): string {
  const { indicator } = e.formula;
  const lines = [`Formula    ${indicator.zh} = ${indicator.formula}`];
  for (const side of ["numerator", "denominator"] as const) {
    const parts = e.parts.filter((p) => p.side === side);
    if (parts.length === 0) continue;
    const name =
      side === "numerator" && e.denominator === null && !e.parts.some((p) => p.side === "denominator")
        ? "sum"
        : side;
    const total = parts.length > 1 ? ` = ${amount(e[side], parts[0]!.unit)}` : "";
    const spread = side === "denominator" && e.months > 1 ? ` ÷ ${e.months} months` : "";
    lines.push(`  ${name.padEnd(11)}  ${sumText(parts)}${total}${spread}`);
  }
  lines.push(`  ${"figure".padEnd(11)}  ${figureText(e.computed, e.figure.unit)}`);
  return `${lines.join("\n")}\n`;
}

const sumsText = (records: Records): string =>
  records.parts.map((p) => `${p.term} ${amount(p.value ?? "0", p.unit)}`).join(", ");

function recordsText(e: Explanation, records: Records): string {
  const { kind, list, cells, common, parts } = records;
  const lines: string[] = [];
  const terms = Object.fromEntries(parts.map((p, i) => [`t${i}`, p.term]));
  if (cells !== null) {
    const shared = Object.entries(common).filter(([d]) => cells.count > 1 && d !== "month");
    const left = new Set(shared.map(([d]) => d));
    const what = kind === "base" ? "Base, by month, insurance and care" : "Cells (month × dimensions)";
    lines.push(`${what}: ${cells.count.toLocaleString("en")}${cells.count > 1 ? ", largest first" : ""}`);
    if (shared.length > 0)
      lines.push(`  in all of them: ${shared.map(([d, v]) => labelled(d, v)).join(", ")}`);
    lines.push(...listText(cells, left, terms));
    lines.push(
      `  total: ${[sumsText(records), `settlements ${list.count.toLocaleString("en")}`].filter((t) => t !== "").join(", ")}`,
      "",
    );
    if (kind === "base") return lines.join("\n");
  }
  const shown = list.shown.rows.length;
  lines.push(
    `${RECORD_NAMES[kind]}: ${list.count.toLocaleString("en")}${shown < list.count ? `, ${shown} shown` : ""}${sumsText(records) === "" ? "" : `; ${sumsText(records)}`}`,
  );
  const fixed = new Set([
    "month",
    ...Object.keys(cells === null ? {} : common),
    ...Object.keys(e.request.dimensions),
  ]);
  fixed.delete("facility");
  lines.push(...listText(list, fixed, sideNames(parts)), "");
  return lines.join("\n");
}

/** `numerator` and `denominator` by what they are, where they are one term. */
function sideNames(parts: readonly Part[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (const side of ["numerator", "denominator"] as const) {
    const own = parts.filter((p) => p.side === side);
    if (own.length === 1) names[side] = `${own[0]!.term} (${side})`;
  }
  return names;
}

function persons({ persons: p }: Explanation): string {
  if (p === null) return "";
  return [
    `Persons: ${p.counted.toLocaleString("en")} counted; ${p.notCounted.toLocaleString("en")} not, since their weights sum to 0 or less`,
    ...listText(p, new Set()),
    "",
  ].join("\n");
}

const REFERENCE_NAMES: Readonly<Record<string, string>> = {
  facility: "Facility versions that applied",
  category: "Rows of the category table that lead here",
  care_group_rule: "Rules of the care groups",
};

function reference({ reference: tables }: Explanation): string {
  return tables
    .filter(({ list }) => list.count > 0)
    .map(({ name, list }) =>
      [`${REFERENCE_NAMES[name]}: ${list.count.toLocaleString("en")}`, ...listText(list, new Set()), ""].join(
        "\n",
      ),
    )
    .join("\n");
}

function close({ sinceClose: s, figure }: Explanation): string {
  if (s === null) return "";
  const when = `Closed at ${s.closedAt ?? "?"} under version ${s.version ?? "?"}`;
  if (s.delta === null || new Decimal(s.delta).isZero()) return `${when}; the figure is as reported.\n`;
  return [
    `${when}; changed since by ${figureText(s.delta, figure.unit)}, because of ${s.causes.count.toLocaleString("en")}:`,
    ...listText(s.causes, new Set(["period"])),
    "",
  ].join("\n");
}

function check({ check: c, published, detail }: Explanation): string {
  if (c.outcome === "equal") return "Check: the records give the published figure exactly.\n";
  const list = c.differences.map((d) => `  ${d}`).join("\n");
  return c.outcome === "newer"
    ? `Check: records arrived since that publish (it shows commit ${published.sequence}, the records are those of ${detail.sequence}):\n${list}\n`
    : `CHECK FAILED: the records do not give the published figure:\n${list}\n`;
}
