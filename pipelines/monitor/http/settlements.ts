import { formulaOf } from "../../../aggregations/explain/formula.js";
import type { Request } from "../../../aggregations/explain/request.js";
import type { LoadedConfig } from "../../../connectors/config/load.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { explain } from "../../explain/collect.js";
import { openFiles } from "../../explain/files.js";
import { findFigure } from "../../explain/lookup.js";

/** Records behind a figure, as the detail file has them: pseudonyms, no person's number. */
export interface Settlements {
  readonly kind: string;
  readonly count: number;
  readonly columns: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface Behind {
  readonly version: string;
  /** The records give the figure, or why not. */
  readonly check: { readonly outcome: string; readonly differences: readonly string[] };
  readonly records: readonly Settlements[];
}

/**
 * The settlements and other records behind a published figure, from the detail file as it stands.
 * @throws FundpulseError FP5002 where there is none, it may not be read, or it is older than what is published.
 */
export async function recordsBehind(loaded: LoadedConfig, request: Request, limit: number): Promise<Behind> {
  const opened = await openFiles(loaded, async () => {
    throw new FundpulseError("FP5002", "the detail file is missing, or older than what is published", {
      action: "`fundpulse nightly` and `fundpulse explain … --sql` bring it up to date",
    });
  });
  try {
    const { formula, published } = await findFigure(opened.reader, request, formulaOf(request.indicator));
    const found = await explain(opened.reader, loaded.config, request, formula, published, {
      records: limit,
      cells: 0,
    });
    return {
      version: opened.published.version,
      check: found.check,
      records: found.records.map(({ kind, list }) => ({
        kind,
        count: list.count,
        columns: list.shown.columns,
        numeric: list.shown.numeric,
        rows: list.shown.rows,
      })),
    };
  } finally {
    opened.reader.close();
  }
}
