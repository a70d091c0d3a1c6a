import { stringify } from "yaml";
import type { NamedProfile } from "../aggregations/simulate/profile.js";
import { REFERENCE_COLUMNS } from "../connectors/reference-csv.js";

/** The files of a workspace for a named profile: configuration, categories and divisions as that bureau has them. */
export function profileWorkspace(
  profile: NamedProfile,
  personKey: string,
  heading: string,
): Readonly<Record<string, string>> {
  const config = {
    jurisdiction: profile.jurisdiction,
    timezone: profile.timezone,
    source: { kind: "folder", path: "inbox" },
    periods: { firstDay: profile.firstDay },
    careGroups: profile.careGroups,
    benefit: profile.benefit,
    privacy: { personKey },
    report: { rounding: profile.ratios },
    log: { level: "warn" },
  };
  const categories = profile.categories.map((c, i) => ({ ...c, display_order: String(i + 1) }));
  return {
    "fundpulse.yaml": `# ${heading}\n${stringify(config)}`,
    "reference/categories.csv": csv("categories.csv", categories),
    "reference/divisions.csv": csv(
      "divisions.csv",
      profile.divisions.map(([admdvs, name]) => ({ admdvs, name })),
    ),
  };
}

function csv(table: string, rows: readonly object[]): string {
  const columns = REFERENCE_COLUMNS[table];
  const lines = rows.map((row) =>
    columns.map((c) => quoted((row as Record<string, string>)[c] ?? "")).join(","),
  );
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
