import { writeFileSync } from "node:fs";
import path from "node:path";
import { ZoneCalendar } from "../../aggregations/calendar.js";
import { csvText } from "../../connectors/files/csv.js";
import { makeFolder } from "../../connectors/files/modes.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { StreamName } from "../../schemas/input/streams.js";
import { FREE_DEFAULTS, type FreeProfile, freeEvents, freeFacilities } from "./free.js";
import { huining } from "./huining.js";
import { facilityFields, namedEvents } from "./named.js";
import type { NamedProfile } from "./profile.js";
import { shandan } from "./shandan.js";
import type { SimEvent } from "./write/event.js";
import { type AvroCodec, type FileFormat, FolderWriter } from "./write/folder.js";

const NAMED: Readonly<Record<string, () => NamedProfile>> = {
  "shandan-2024h1": shandan,
  "huining-2024q1": huining,
};
const FREE = "free";
const ZONE = "Asia/Shanghai";

/** Profiles that can be simulated; `free` takes counts and rates. */
export const PROFILES: readonly string[] = [...Object.keys(NAMED), FREE];

export interface EventOptions {
  readonly profile: string;
  /** Equal seeds give equal events; default 1. */
  readonly seed?: number;
  /** Counts and rates of the free profile; the others have theirs. */
  readonly free?: Partial<FreeProfile>;
}

export interface SimulateOptions extends EventOptions {
  /** Drop folder; made where it is missing. */
  readonly outDir: string;
  /** Default `avro`. */
  readonly format?: FileFormat;
  /** Codec of Avro blocks; default `deflate`. */
  readonly codec?: AvroCodec;
  readonly gzip?: boolean;
  /** Events after which the next file starts; default 200,000. */
  readonly eventsPerFile?: number;
}

export interface SimulateResult {
  readonly events: number;
  readonly byStream: Readonly<Partial<Record<StreamName, number>>>;
  /** In the order in which they were completed. */
  readonly files: readonly string[];
}

const PROGRESS_EVERY = 10_000;

/**
 * Writes a profile's events into a drop folder. `log` hears the number of events written so far, now and
 * then. Throws FP1003 for a profile that does not exist.
 */
export function simulate(options: SimulateOptions, log: (events: number) => void = () => {}): SimulateResult {
  const writer = new FolderWriter(options.outDir, {
    format: options.format ?? "avro",
    codec: options.codec ?? "deflate",
    gzip: options.gzip ?? false,
  });
  const perFile = options.eventsPerFile ?? 200_000;
  const byStream: Partial<Record<StreamName, number>> = {};
  let events = 0;
  for (const event of simulatedEvents(options)) {
    if (events > 0 && events % perFile === 0) writer.label(String(events / perFile + 1).padStart(6, "0"));
    writer.write(event);
    byStream[event.stream] = (byStream[event.stream] ?? 0) + 1;
    if (++events % PROGRESS_EVERY === 0) log(events);
  }
  log(events);
  return { events, byStream, files: writer.close() };
}

/** A profile's events, one after the other; each is only valid until the next is asked for. */
export function simulatedEvents(options: EventOptions): Generator<SimEvent> {
  const seed = options.seed ?? 1;
  if (options.profile === FREE) {
    return freeEvents({ ...FREE_DEFAULTS, ...options.free }, seed, new ZoneCalendar(ZONE));
  }
  return namedEvents(named(options.profile), seed);
}

/** What a configuration needs in order to read a profile's events as its bureau does. */
export interface SuggestedConfig {
  readonly jurisdiction: { readonly name: string; readonly admdvs: string; readonly level: string };
  readonly timezone: string;
  readonly periods: { readonly firstDay: string };
  readonly careGroups: readonly unknown[];
  readonly benefit: Readonly<Record<string, readonly string[]>>;
  /** How the bureau prints its tables. */
  readonly report: {
    readonly rounding: string;
    readonly categories?: Readonly<Record<string, readonly string[]>>;
    readonly tables?: Readonly<Record<string, unknown>>;
  };
}

export function suggestedConfig(options: EventOptions): SuggestedConfig {
  if (options.profile === FREE) {
    const { admdvs, firstMonth } = { ...FREE_DEFAULTS, ...options.free };
    return {
      jurisdiction: { name: admdvs, admdvs, level: "county" },
      timezone: ZONE,
      periods: { firstDay: `${firstMonth}-01` },
      careGroups: [],
      benefit: {},
      report: { rounding: "half-up" },
    };
  }
  const profile = named(options.profile);
  return {
    jurisdiction: profile.jurisdiction,
    timezone: profile.timezone,
    periods: { firstDay: profile.firstDay },
    careGroups: profile.careGroups,
    benefit: profile.benefit,
    report: { rounding: profile.ratios, categories: profile.covers, tables: profile.tables },
  };
}

/** Writes facilities.csv, categories.csv and divisions.csv of a profile. Returns their paths. */
export function writeReference(options: EventOptions, dir: string): string[] {
  makeFolder(dir);
  const tables = referenceTables(options);
  return Object.entries(tables).map(([name, rows]) => {
    const file = path.join(dir, `${name}.csv`);
    writeFileSync(file, csvText(rows));
    return file;
  });
}

type Row = readonly (string | number | null)[];

function referenceTables(options: EventOptions): Record<string, readonly Row[]> {
  const fields = ["fixmedins_code", "admdvs", "name", "hosp_lv", "ownership", "kind", "display_order"];
  if (options.profile === FREE) {
    const list = freeFacilities({ ...FREE_DEFAULTS, ...options.free });
    return {
      facilities: [fields, ...list.map((f, i) => [f.code, f.admdvs, null, f.level, null, f.kind, i + 1])],
      categories: [CATEGORY_FIELDS],
      divisions: [DIVISION_FIELDS],
    };
  }
  const profile = named(options.profile);
  return {
    facilities: [
      fields,
      ...profile.facilities.map((f, i) => {
        const record = facilityFields(f, i);
        return fields.map((name) => record[name] as string | number | null);
      }),
    ],
    categories: [
      CATEGORY_FIELDS,
      ...profile.categories.map((c, i) => [
        c.med_type,
        c.category,
        c.care,
        c.dise_no ?? null,
        c.insurance ?? null,
        c.parent ?? null,
        i + 1,
      ]),
    ],
    divisions: [DIVISION_FIELDS, ...profile.divisions],
  };
}

const CATEGORY_FIELDS: Row = [
  "med_type",
  "category",
  "care",
  "dise_no",
  "insurance",
  "parent",
  "display_order",
];
const DIVISION_FIELDS: Row = ["admdvs", "name"];

function named(profile: string): NamedProfile {
  const make = NAMED[profile];
  if (!make) {
    throw new FundpulseError("FP1003", `no profile ${profile}; there are ${PROFILES.join(", ")}`);
  }
  return make();
}
