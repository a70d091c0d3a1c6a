import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configSchema } from "../../schemas/config/schema.js";
import { HISTORY_CATEGORIES } from "./histories/world.js";
import type { Delivery, History } from "./histories.js";

/** A history that once went wrong, kept so that it is replayed first. */
export interface Regression {
  /** What went wrong, in a sentence. */
  readonly note: string;
  readonly history: History;
  readonly delivery: Delivery;
}

const FOLDER = join(import.meta.dirname, "../regressions");

/** The kept cases by file name. */
export function regressions(): [string, Regression][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const { note, config, facilities, home, records, delivery } = JSON.parse(
        readFileSync(join(FOLDER, name), "utf8"),
      );
      const world = { config: configSchema.parse(config), facilities, home, categories: HISTORY_CATEGORIES };
      return [name.replace(".json", ""), { note, history: { world, records }, delivery }];
    });
}

/** Writes a case to be kept. Used by hand, after a property has failed. */
export function keepRegression(name: string, { note, history, delivery }: Regression): void {
  const { jurisdiction, timezone, source, privacy, periods, refunds, careGroups, benefit } =
    history.world.config;
  const { firstDay, keepDays, keepFacilityDays } = periods;
  const kept = {
    note,
    config: {
      ...{ jurisdiction, timezone, source, privacy, refunds, careGroups, benefit },
      periods: { firstDay, keepDays, keepFacilityDays },
    },
    home: history.world.home,
    facilities: history.world.facilities,
    records: history.records,
    delivery,
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}
