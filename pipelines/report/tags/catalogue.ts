import { Vocabulary } from "../../../aggregations/explain/vocabulary.js";
import { type Reader, readNames } from "../../../connectors/duckdb/reports/figures.js";
import { jurisdictionPrefix } from "../../../connectors/duckdb/reports/lines.js";
import type { Config } from "../../../schemas/config/schema.js";
import type { Label } from "../../../schemas/labels.js";
import type { Catalogue } from "./resolve.js";

/** Everything that a tag may name in this bureau's published file. */
export interface FullCatalogue extends Catalogue {
  /** Facilities of the jurisdiction in display order. */
  readonly inside: readonly Label[];
}

export async function readCatalogue(reader: Reader, config: Config): Promise<FullCatalogue> {
  const names = await readNames(reader);
  const prefix = jurisdictionPrefix(config);
  const inside = names.facilities.filter((f) => f.admdvs.startsWith(prefix));
  const facilitiesOf = new Map<string, string[]>();
  for (const { value, kind } of inside) facilitiesOf.set(kind, [...(facilitiesOf.get(kind) ?? []), value]);
  return {
    config,
    vocabulary: new Vocabulary({
      level: config.jurisdiction.level,
      categories: names.categories,
      facilities: names.facilities,
      divisions: names.divisions,
      careGroups: [...new Set(config.careGroups.map((g) => g.name))],
      insurances: names.insurances.filter((i) => i !== "all"),
      occurring: names.occurring,
    }),
    caresOf: names.caresOf,
    facilitiesOf,
    reported: names.reported,
    inside,
  };
}
