import { join } from "node:path";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { archivedSettlements } from "../../connectors/duckdb/archive/stage.js";
import { TopicFigures } from "../../connectors/flink/figures-source.js";
import { manifestOf } from "../../connectors/flink/generate.js";
import { jobTopics } from "../../connectors/flink/job-source.js";
import type { FiguresSource } from "../../connectors/ports/figures.js";
import type { Config, EngineConfig, KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { FigureIntake } from "../ingest/figures.js";
import { FigureMonths } from "../ledger/figure-months.js";
import { FigureState } from "../ledger/figure-state.js";
import { figureFeed } from "./feed.js";
import { type EngineKind, refuseOther } from "./kind.js";
import type { EngineDeps } from "./port.js";

/** The figures of the settlements come from a job elsewhere, everything else is computed here. */
export function flink(
  config: Config & { readonly engine: Extract<EngineConfig, { kind: "flink" }> },
  reference: ReferenceTables,
  schemas: readonly string[],
  deps: Pick<EngineDeps, "log" | "clock">,
  given: FiguresSource | undefined,
): EngineKind {
  const { figures, archive } = config.engine;
  const source = config.source as KafkaSourceConfig;
  const { settlement: _, ...small } = source.topics;
  const { categories, facilities } = reference;
  const topics = jobTopics(source, figures);
  const manifest = manifestOf({ config, categories, facilities, schemas }, figures, topics);
  return {
    // Facilities are read by both, whether or not the configuration names their topic.
    source: { ...source, topics: { ...small, facility: topics.facility } },
    judgedHere: "stream <> 'settlement'",
    open: (state, changes) => {
      refuseOther(state, "flink");
      const { store, dimensionIndex } = state;
      const months = new FigureMonths({
        manifest,
        figures: store.figures,
        table: store.months,
        dimensionIndex,
      });
      const intake = new FigureIntake(state, months, manifest, state.privacy.keyCheck, changes);
      const topic = given ?? new TopicFigures(source, figures, deps.log, deps.clock);
      return { published: new FigureState(state, months), feed: figureFeed(topic, intake) };
    },
    ...(archive === undefined
      ? {}
      : { settlements: archivedSettlements({ folder: join(archive, figures), topics }) }),
    able: (engine) => ({
      ...engine,
      ...(archive === undefined
        ? {
            verify: () => refused("the recount"),
            writeDetail: () => refused("the detail file, and what is explained by it,"),
          }
        : {}),
      rebuild: () => refused("`rebuild`"),
      quarantine: {
        ...engine.quarantine,
        retry: async (ids) => {
          const elsewhere = new Set(
            (await engine.quarantine.list({ stream: "settlement" })).map((entry) => entry.id),
          );
          if (ids.some((id) => elsewhere.has(id))) return refused("judging a quarantined settlement again");
          return engine.quarantine.retry(ids);
        },
      },
    }),
  };
}

async function refused(what: string): Promise<never> {
  throw new FundpulseError(
    "FP3104",
    `${what} needs the settlements, which engine.kind: flink does not keep${/rebuild|judging/.test(what) ? "" : " without engine.archive"}`,
  );
}
