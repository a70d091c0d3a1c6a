import { readText } from "../../../pipelines/audit/document/text.js";
import { sameReading } from "../../../pipelines/audit/evidence/book.js";
import { Memory } from "../../../pipelines/audit/evidence/memory.js";
import type { JudgedFigure } from "../../../pipelines/audit/evidence/verdict.js";
import type { PeriodFigures } from "../../../pipelines/audit/printed.js";

/** What came of numbers that were spoiled, one at a time. */
export interface Injected {
  spoiled: number;
  /** Found, with the computed figure that stood there before. */
  corrected: number;
  /** Found wrong, with another figure. */
  otherwise: number;
  notUnderstood: number;
  /** Called equal, though it is another figure by now. */
  boundElsewhere: number;
  /** Still prints the figure, by its rounding. */
  alike: number;
  /** Right numbers that were called wrong beside it. */
  neighbours: number;
  prose: { spoiled: number; corrected: number; boundElsewhere: number };
}

/** A small generator that gives the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A number with two digits swapped, one lost or one changed; null where that leaves no number. */
export function spoilt(printed: string, next: () => number): string | null {
  const digits = [...printed].flatMap((c, i) => (/\d/.test(c) ? [i] : []));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const chars = [...printed];
  const kind = pick(["swap", "drop", "digit"] as const);
  if (kind === "swap" && digits.length >= 2) {
    const pairs = digits.slice(1).flatMap((b, i) => {
      const a = digits[i] as number;
      return b === a + 1 && printed[a] !== printed[b] ? [[a, b] as const] : [];
    });
    if (pairs.length === 0) return null;
    const [a, b] = pick(pairs);
    [chars[a], chars[b]] = [chars[b] as string, chars[a] as string];
  } else if (kind === "drop" && digits.length >= 3) chars.splice(pick(digits), 1);
  else {
    const at = pick(digits);
    chars[at] = pick([..."0123456789"].filter((c) => c !== printed[at]));
  }
  const made = chars.join("");
  const plain = (s: string): number => Number(s.replace(/[,+−-]/g, ""));
  if (!/^[-−+]?\d[\d,]*(\.\d+)?$/.test(made) || plain(made) === plain(printed)) return null;
  return made;
}

/** Spoils one bound number of a text at a time, audits the whole text again, and counts what came of it. */
export function injections(
  text: string,
  figures: PeriodFigures,
  count: number,
  seed: number,
  log?: (line: string) => void,
): Injected {
  const memory = new Memory();
  const audit = (t: string) => figures.audit(readText(t), null, memory).figures;
  const before = audit(text);
  const lines = text.split("\n");
  const bound = before.filter((f) => f.status === "equal" && f.found.reading !== null);
  const next = random(seed);
  const result: Injected = {
    ...{
      spoiled: 0,
      corrected: 0,
      otherwise: 0,
      notUnderstood: 0,
      boundElsewhere: 0,
      alike: 0,
      neighbours: 0,
    },
    prose: { spoiled: 0, corrected: 0, boundElsewhere: 0 },
  };
  const at = (f: JudgedFigure): string => `${f.found.spot.anchor} ${f.found.spot.at}`;
  while (result.spoiled < count) {
    const f = bound[Math.floor(next() * bound.length)] as JudgedFigure;
    const made = spoilt(f.found.printed, next);
    const { anchor, at: from } = f.found.spot;
    const line = lines[anchor - 1] as string;
    if (made === null || line.slice(from, from + f.found.printed.length) !== f.found.printed) continue;
    const changed = line.slice(0, from) + made + line.slice(from + f.found.printed.length);
    const spoiled = lines.map((l, i) => (i === anchor - 1 ? changed : l)).join("\n");
    const after = audit(spoiled);
    const shift = made.length - f.found.printed.length;
    const now = after.find((o) => at(o) === at(f));
    const rightBefore = new Set(before.filter((o) => o.status === "equal").map(at));
    const moved = (o: JudgedFigure): string =>
      o.found.spot.anchor === anchor && o.found.spot.at > from
        ? `${anchor} ${o.found.spot.at - shift}`
        : at(o);
    const fallen = after.filter(
      (o) => (o.status === "differs" || o.status === "print-error") && o !== now && rightBefore.has(moved(o)),
    );
    result.spoiled++;
    result.neighbours += fallen.length;
    const prose = f.found.table === null;
    if (prose) result.prose.spoiled++;
    const same =
      now?.found.reading != null &&
      f.found.reading !== null &&
      sameReading(now.found.reading, f.found.reading);
    let what: "corrected" | "otherwise" | "notUnderstood" | "boundElsewhere" | "alike";
    if (now === undefined || now.status === "not-understood") what = "notUnderstood";
    else if (now.status === "equal") what = same ? "alike" : "boundElsewhere";
    else what = same || now.computed === f.computed ? "corrected" : "otherwise";
    result[what]++;
    if (prose && what === "corrected") result.prose.corrected++;
    if (prose && what === "boundElsewhere") result.prose.boundElsewhere++;
    const r = (j: JudgedFigure | undefined): string =>
      j?.found.reading
        ? [
            j.found.reading.figure.scope.insurance,
            ...j.found.reading.figure.scope.members.values(),
            j.found.reading.figure.indicator,
            j.found.reading.form,
          ].join(" ")
        : "-";
    if (log && what !== "corrected" && what !== "alike")
      log(
        `${what} ${anchor} ${f.found.printed}${f.found.unit} -> ${made} | ${prose ? f.found.place.slice(Math.max(0, f.found.place.indexOf(f.found.printed) - 20), f.found.place.indexOf(f.found.printed) + 8) : f.found.place} | was ${r(f)} | now ${r(now)} ${now?.computed}`,
      );
    for (const o of fallen)
      log?.(
        `NEIGHBOUR of ${anchor} ${f.found.printed} -> ${made} (${prose ? "prose" : f.found.place}): ${o.found.spot.anchor} ${o.found.printed} ${o.computed} ${o.kind} ${o.note} ${r(o)}`,
      );
  }
  return result;
}
