import type { ReferenceTables } from "../../connectors/config/reference.js";
import { TopicFigures } from "../../connectors/flink/figures-source.js";
import { type JobManifest, manifestOf } from "../../connectors/flink/generate.js";
import type { FiguresSource } from "../../connectors/ports/figures.js";
import type { Config, EngineConfig, KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { STREAMS } from "../../schemas/input/streams.js";
import { FigureIntake } from "../ingest/figures.js";
import { FigureMonths } from "../ledger/figure-months.js";
import { FigureState } from "../ledger/figure-state.js";
import type { ClosingState } from "../ledger/ports.js";
import type { State } from "../ledger/state.js";
import { type Feed, figureFeed } from "./feed.js";
import type { Engine, EngineDeps } from "./port.js";

/** What an opened state is published through, and what is read beside its source. */
export interface Computed {
  readonly published: ClosingState;
  readonly feed: Feed | null;
}

/** Who computes the figures of the settlements (`engine`), as the assembly needs to know it. */
export interface EngineKind {
  /** SQL condition on the quarantine: which records may be judged again here. */
  readonly judgedHere: string;
  /** The source as it is read: settlements may be left to somebody else. */
  readonly source: Config["source"];
  /** @param changes what is bumped by every commit that may change what is published */
  open(state: State, changes: { changes: number }): Computed;
  /** The engine without what this kind cannot do. */
  able(engine: Engine): Engine;
}

/** Everything is computed here, from the kept settlements. */
const embedded = ({ source }: Config): EngineKind => ({
  source,
  judgedHere: "TRUE",
  open: (published) => {
    refuseOther(published, "embedded");
    return { published, feed: null };
  },
  able: (engine) => engine,
});

/** The topics of a job that reads what a source names. */
export function jobTopics({ topics }: KafkaSourceConfig, figures: string): JobManifest["topics"] {
  const { settlement = STREAMS.settlement.topic, facility = STREAMS.facility.topic } = topics;
  return { settlement, facility, figures };
}

function flink(
  config: Config & { readonly engine: Extract<EngineConfig, { kind: "flink" }> },
  reference: ReferenceTables,
  schemas: readonly string[],
  deps: Pick<EngineDeps, "log" | "clock">,
  given: FiguresSource | undefined,
): EngineKind {
  const { figures } = config.engine;
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
    able: (engine) => ({
      ...engine,
      verify: () => refused("the recount"),
      writeDetail: () => refused("the detail file, and what is explained by it,"),
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
  throw new FundpulseError("FP3104", `${what} needs the settlements, which engine.kind: flink does not keep`);
}

/** A state that was made by the other kind would publish the figures of both. */
function refuseOther({ store }: State, kind: EngineConfig["kind"]): void {
  const keepsSettlements = store.settlements.ids.size > 0;
  const keepsFigures = store.meta("figures_topic") !== undefined;
  if (kind === "flink" ? !keepsSettlements : !keepsFigures) return;
  throw new FundpulseError(
    "FP3105",
    `the state ${store.path} was made with engine.kind: ${kind === "flink" ? "embedded" : "flink"}`,
  );
}

/** What `engine` says of the figures of the settlements. */
export const engineKind = (
  config: Config,
  reference: ReferenceTables,
  schemas: readonly string[],
  deps: Pick<EngineDeps, "log" | "clock">,
  figures?: FiguresSource,
): EngineKind =>
  config.engine.kind === "flink"
    ? flink({ ...config, engine: config.engine }, reference, schemas, deps, figures)
    : embedded(config);
