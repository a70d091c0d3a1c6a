import type { JudgedFigure } from "../../audit/evidence/verdict.js";
import type { DocumentAudit } from "../../audit/printed.js";
import { count } from "./progress.js";

/** A document's audit for a terminal: what differs, where the print is wrong in itself, what was not understood. */
export function documentText(audit: DocumentAudit, all: boolean): string {
  const { counts, figures } = audit;
  const of = (status: JudgedFigure["status"]): JudgedFigure[] => figures.filter((f) => f.status === status);
  const lines = [
    `${audit.document || "document"}: ${count(figures.length)} figures held against ${audit.period} (${audit.rounding})`,
    `  ${count(counts.equal)} equal, ${count(counts.differs)} differ, ${count(counts["print-error"])} differ where the print is wrong by itself, ${count(counts["not-understood"])} not understood`,
  ];
  if (audit.other)
    lines.push(
      `  so few figures agree that the document is of another period (--period), or of other events: none is called wrong`,
    );
  const list = (heading: string, found: readonly JudgedFigure[], say: (f: JudgedFigure) => string): void => {
    if (found.length > 0) lines.push("", heading, ...found.map((f) => `  ${where(f, audit)}: ${say(f)}`));
  };
  list("Differ:", of("differs"), difference);
  list("Wrong by the print itself:", of("print-error"), difference);
  list("Not understood:", of("not-understood"), (f) => printed(f));
  if (all) list("Equal:", of("equal"), (f) => `${printed(f)} =${f.note === null ? "" : ` – ${f.note}`}`);
  return `${lines.join("\n")}\n`;
}

const printed = ({ found }: JudgedFigure): string => `${found.printed}${found.unit ?? ""}`;

const difference = (f: JudgedFigure): string =>
  `printed ${printed(f)}, computed ${f.computed}${f.found.rightUnit === null ? "" : `${f.found.unit ?? ""}`}${[f.kind, f.note].map((t) => (t === null ? "" : ` – ${t}`)).join("")}`;

function where({ found }: JudgedFigure, { places }: DocumentAudit): string {
  const at = `${places} ${found.spot.anchor}`;
  if (found.table !== null) return `${at}, table ${found.table}, ${found.place}`;
  const i = found.place.indexOf(found.printed);
  return `${at}, …${found.place.slice(Math.max(0, i - 24), i)}`;
}
