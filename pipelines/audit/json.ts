import type { JudgedFigure } from "./evidence/verdict.js";
import type { DocumentAudit } from "./printed.js";

/** A document's audit for other programs; the keys are the contract's. */
export const documentJson = (audit: DocumentAudit): object => ({
  document: audit.document,
  period: audit.period,
  jurisdiction: audit.jurisdiction,
  rounding: audit.rounding,
  counts: audit.counts,
  figures: audit.figures.map((f) => figureJson(f, audit.places)),
});

function figureJson(judged: JudgedFigure, places: DocumentAudit["places"]): object {
  const { found, status, computed, kind, note, figure } = judged;
  const { anchor } = found.spot;
  const sign = found.figure.text.startsWith("-") ? -1 : 1;
  return {
    ...(places === "line" ? { line: anchor } : { paragraph: anchor }),
    ...(found.table === null ? {} : { table: found.table }),
    place: found.place,
    printed: found.printed,
    number: sign * Math.abs(Number(found.printed.replace(/[,+−-]/g, ""))),
    unit: found.unit,
    status,
    computed,
    kind,
    note,
    figure,
  };
}
