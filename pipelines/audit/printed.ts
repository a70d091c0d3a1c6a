import { previousKnown, publishedFigures, publishedNames } from "../../connectors/duckdb/evidence/figures.js";
import { PublishedReader } from "../../connectors/duckdb/query.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { PrintHabits } from "./arithmetic/evaluate.js";
import { aboutOf } from "./document/about.js";
import type { PrintedDocument } from "./document/model.js";
import { Book } from "./evidence/book.js";
import { addComposites } from "./evidence/composites.js";
import type { Memory } from "./evidence/memory.js";
import { findFigures } from "./evidence/printed.js";
import { type JudgedFigure, judge, type PrintedStatus } from "./evidence/verdict.js";
import { Vocabulary } from "./evidence/vocabulary.js";

/** A document held against the published figures of its period. */
export interface DocumentAudit {
  readonly document: string;
  readonly places: PrintedDocument["places"];
  readonly period: string;
  readonly jurisdiction: string;
  readonly rounding: PrintHabits["rounding"];
  readonly counts: Readonly<Record<PrintedStatus, number>>;
  /** Whether the document seems to be of another period. */
  readonly other: boolean;
  readonly figures: readonly JudgedFigure[];
}

/** The computed figures of one period, read once for any number of documents. */
export class PeriodFigures {
  private constructor(
    readonly period: string,
    readonly previousKnown: boolean,
    readonly book: Book,
    readonly vocabulary: Vocabulary,
    private readonly config: Config,
  ) {}

  /** @throws FundpulseError FP4002 where nothing is published, FP4004 where the period is not */
  static async read(file: string, period: string, config: Config): Promise<PeriodFigures> {
    const reader = await PublishedReader.open(file);
    try {
      const known = await previousKnown(reader, period);
      if (known === null)
        throw new FundpulseError("FP4004", `the published file has no figures of ${period}`);
      const book = new Book(await publishedFigures(reader, period));
      addComposites(book, config.report.booked);
      const vocabulary = new Vocabulary(book, await publishedNames(reader), config.jurisdiction.level);
      return new PeriodFigures(period, known, book, vocabulary, config);
    } finally {
      reader.close();
    }
  }

  audit(
    document: PrintedDocument,
    rounding: PrintHabits["rounding"] | null = null,
    memory?: Memory,
  ): DocumentAudit {
    const found = findFigures(document, this.book, this.vocabulary, memory);
    const result = judge(found, this.book, this.period, this.previousKnown, this.config.report, rounding);
    const counts = { equal: 0, differs: 0, "print-error": 0, "not-understood": 0 };
    for (const { status } of result.figures) counts[status]++;
    const about = aboutOf(document);
    return {
      document: about.title,
      places: document.places,
      period: this.period,
      jurisdiction: about.jurisdiction ?? this.config.jurisdiction.name,
      rounding: result.rounding,
      counts,
      other: result.other,
      figures: result.figures,
    };
  }
}

/** The document's own period, where no other is given. */
export function periodOf(document: PrintedDocument, given: string | undefined): string {
  if (given !== undefined) return given;
  const { period } = aboutOf(document);
  if (period === null)
    throw new FundpulseError("FP4004", "the document does not say its period: give it with --period");
  return period;
}
