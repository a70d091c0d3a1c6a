import { createHash } from "node:crypto";
import { parseDay } from "../../aggregations/calendar.js";
import { type CategoryRule, CategoryTable } from "../../aggregations/dimensions/categories.js";
import type { Config } from "../../schemas/config/schema.js";
import { SETTLEMENT_DIMENSIONS, type SettlementDimension } from "../../schemas/dimensions.js";
import { FundpulseError } from "../../schemas/errors.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { MEASURES } from "../../schemas/measures.js";
import { ARCHIVE_COLUMNS, archiveInsert, archiveSql, archiveTable, keepsArchive } from "./archive.js";
import { billViews, dimensionViews, judgedViews, placedViews, sharedViews } from "./bills.js";
import { text } from "./dialect.js";
import { facilityViews, MOST_FACILITIES } from "./facilities.js";
import {
  dayDimensions,
  type FigureSql,
  personFigures,
  progressFigures,
  qualityFigures,
  sumFigures,
} from "./figures.js";
import { javaSources } from "./java-sources.js";
import { type Decoding, figuresTable, layoutJson, schemasJson, sourceTable, type Wiring } from "./tables.js";

/** Raised when the same declarations come to another job: an older figures topic is then refused. */
const GENERATION = 2;

/** What a job is generated from. */
export interface JobSource {
  readonly config: Config;
  readonly categories: readonly CategoryRule[];
  /** Rows of `facilities.csv`. */
  readonly facilities: readonly StreamRecord[];
  /** Writer schemas of the single-object encoding, beside our own. */
  readonly schemas: readonly string[];
}

/** What tells a job from another, and how its figures are read. */
export interface JobManifest {
  readonly digest: string;
  readonly generation: number;
  readonly name: string;
  readonly topics: Wiring["topics"];
  readonly measures: readonly string[];
  readonly insurances: readonly string[];
  readonly dimensions: readonly SettlementDimension[];
  readonly dayDimensions: readonly SettlementDimension[];
  readonly facilityDayDimensions: readonly SettlementDimension[];
  readonly personGroupings: readonly string[];
  /** How the settlements are kept; null where they are not. */
  readonly archive: { readonly format: "json-gzip"; readonly columns: readonly string[] } | null;
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  fundpulse_person: "Person",
  fundpulse_once: "Once",
  fundpulse_seal: "Seal",
  fundpulse_key_check: "KeyCheck",
  fundpulse_facilities: "FacilityVersions",
  fundpulse_facility: "FacilityAsOf",
  fundpulse_held: "Held",
  fundpulse_held_counts: "HeldCounts",
};

/** Under what a running job says which topic it writes. */
export const FIGURES_PARAMETER = "fundpulse.figures";

/** Settings that the figures' rightness rests on; docs/scale-out.md says why of each. */
const SETTINGS: Readonly<Record<string, string>> = {
  "table.local-time-zone": "UTC",
  "table.exec.state.ttl": "0",
  "table.exec.sink.upsert-materialize": "NONE",
  "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
  "table.optimizer.multi-join.enabled": "true",
  "execution.checkpointing.mode": "EXACTLY_ONCE",
  "table.exec.mini-batch.enabled": "true",
  "table.exec.mini-batch.allow-latency": "1 s",
  "table.exec.mini-batch.size": "20000",
  "pipeline.object-reuse": "true",
};

/** What tells the job of a configuration from others, and how its figures are read; nothing of where it runs. */
export const manifestOf = (source: JobSource, name: string, topics: Wiring["topics"]): JobManifest =>
  generateJob(source, { brokers: [], topics, name, kafka: {} }, null).manifest;

/** The views of a job, those of the facilities apart from the others, and the figures that are read from them. */
export function jobViews({ config, categories: configured, facilities }: JobSource): {
  readonly facilityViews: readonly string[];
  readonly views: readonly string[];
  readonly figures: readonly FigureSql[];
} {
  const categories = new CategoryTable(NATIONAL_CATEGORIES, configured);
  const rules = { config, categories, firstDay: parseDay(config.periods.firstDay)! };
  const figures = [
    sumFigures(config),
    personFigures(config, categories),
    qualityFigures(),
    ...(keepsArchive(config) ? [archiveSql()] : []),
  ];
  return {
    facilityViews: facilityViews(facilities),
    views: [
      ...judgedViews(rules),
      ...placedViews(rules),
      ...billViews(rules),
      ...dimensionViews(rules),
      ...figures.flatMap((f) => f.views),
    ],
    figures,
  };
}

/**
 * The declarations of a configuration as one Flink SQL script, and its manifest.
 * @param jar where the cluster's SQL client finds the jar; null where it lies in Flink's `lib`
 * @throws FundpulseError FP3101 where a part of the configuration has no form in the job
 */
export function generateJob(
  source: JobSource,
  wiring: Wiring,
  jar: string | null,
): { sql: string; manifest: JobManifest } {
  const { config } = source;
  if (source.facilities.length > MOST_FACILITIES) {
    throw new FundpulseError(
      "FP3101",
      `facilities.csv has ${source.facilities.length} rows; a job takes ${MOST_FACILITIES}. Send them to the facility topic instead, and leave the file empty`,
    );
  }
  const decoding: Decoding = {
    timezone: config.timezone,
    schemas: source.schemas,
    aliases: config.source.fields,
  };
  const { facilityViews: ofFacilities, views: ofBills, figures } = jobViews(source);
  const views = [...ofFacilities, ...ofBills];
  const digest = digestOf({
    views,
    branches: figures.flatMap((f) => f.branches),
    fields: [layoutJson("settlement", decoding.aliases), layoutJson("facility", decoding.aliases)],
    decoding,
    schemas: [schemasJson("settlement", decoding.schemas), schemasJson("facility", decoding.schemas)],
    java: javaSources().hash,
  });
  const anchors = sharedViews(config).map(
    ([name, never]) => `INSERT INTO nowhere SELECT CAST(setl_time AS STRING) FROM ${name} WHERE ${never};`,
  );
  const branches = [...figures, progressFigures(digest)].flatMap((f) => f.branches);
  const sql = [
    `-- fundpulse ${digest}: generated, not to be edited`,
    ...Object.entries({
      "pipeline.name": wiring.name,
      // What Flink's interface tells of a running job: `FlinkRest.figuresOf`.
      "pipeline.global-job-parameters": `${FIGURES_PARAMETER}:${wiring.topics.figures}`,
      ...SETTINGS,
    }).map(([key, value]) => `SET ${text(key)} = ${text(value)};`),
    ...(jar === null ? [] : [`ADD JAR ${text(jar)};`]),
    ...Object.entries(FUNCTIONS).map(
      ([name, type]) => `CREATE TEMPORARY FUNCTION ${name} AS 'cn.fundpulse.flink.${type}' LANGUAGE JAVA;`,
    ),
    sourceTable("settlement", wiring, decoding),
    sourceTable("facility", wiring, decoding),
    figuresTable(wiring),
    ...(keepsArchive(config) ? [archiveTable(wiring)] : []),
    // The planner shares a view between its readers only where they end in different sinks: without these, the join
    // with the facilities and the ranking would stand in the plan, and in the state, once for each reader.
    "CREATE TEMPORARY TABLE nowhere (k STRING) WITH ('connector' = 'blackhole');",
    ...views,
    `EXECUTE STATEMENT SET BEGIN\nINSERT INTO figures\n${branches.join("\nUNION ALL\n")};\n${keepsArchive(config) ? `${archiveInsert()}\n` : ""}${anchors.join("\n")}\nEND;`,
  ].join("\n\n");
  return {
    sql: `${sql}\n`,
    manifest: {
      digest,
      generation: GENERATION,
      name: wiring.name,
      topics: wiring.topics,
      measures: MEASURES.map((m) => m.name),
      insurances: Object.keys(config.insurances),
      dimensions: [...SETTLEMENT_DIMENSIONS],
      dayDimensions: dayDimensions(config, false),
      facilityDayDimensions: dayDimensions(config, true),
      personGroupings: config.personGroupings,
      archive: keepsArchive(config)
        ? { format: "json-gzip", columns: ARCHIVE_COLUMNS.map((c) => c.name) }
        : null,
    },
  };
}

const digestOf = (rules: object): string =>
  createHash("sha256").update(JSON.stringify({ GENERATION, rules })).digest("hex").slice(0, 24);
