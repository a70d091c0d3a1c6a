import { copyFileSync, linkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { privateFolder } from "../../connectors/duckdb/detail/file.js";
import { keptBlocks } from "../../connectors/duckdb/detail/stage.js";
import type { DetailReference, StageMaker } from "../../connectors/duckdb/detail/staged.js";
import { DuckDbPublisher } from "../../connectors/duckdb/publish/publisher.js";
import { compareAlerts } from "../../connectors/duckdb/recount/alerts.js";
import {
  attachPublished,
  compareFacts,
  compareVersions,
  readDifferences,
} from "../../connectors/duckdb/recount/compare.js";
import { DIFFERENCE_TABLE } from "../../connectors/duckdb/recount/difference.js";
import { compareFunds } from "../../connectors/duckdb/recount/funds.js";
import { compareGiven } from "../../connectors/duckdb/recount/given.js";
import { compareOutlook } from "../../connectors/duckdb/recount/outlook.js";
import { compareRatios } from "../../connectors/duckdb/recount/ratios.js";
import { recount } from "../../connectors/duckdb/recount/run.js";
import { compareTables } from "../../connectors/duckdb/recount/tables.js";
import { failed } from "../../connectors/faults/known.js";
import { makeFolder, PRIVATE_FOLDER } from "../../connectors/files/modes.js";
import { publishedPath } from "../../connectors/files/paths.js";
import type { PublishInput } from "../../connectors/ports/publisher.js";
import { StateSnapshot } from "../../connectors/state/read-snapshot.js";
import { quoteText } from "../../schemas/published/definition.js";
import type { VerifyState } from "../ledger/ports.js";
import { publishedAgain } from "../publish/again.js";
import type { VerifyResult } from "./port.js";

/** Differences that are spelled out. */
const SPELLED_OUT = 1000;

/** A published file and the state that it was made of, both held while the engine goes on. */
export interface Pinned {
  readonly snapshot: StateSnapshot;
  readonly settlements: StageMaker;
  readonly reference: DetailReference;
  readonly version: number;
  /** What is published beside the sums of settlements, as the state has it. */
  readonly again: PublishInput;
  /** Folder of this recount: the published file by a link of its own, and room to work. */
  readonly folder: string;
  readonly published: string;
}

/** Holds the published file and the state that it shows. Called when nothing is left to publish. */
export function pinPublished(
  state: VerifyState,
  reference: DetailReference,
  version: number,
  settlements: StageMaker = keptBlocks,
): Pinned {
  const { data } = state.config;
  const folder = join(data, "work", "verify");
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder, PRIVATE_FOLDER);
  const published = join(folder, "published.duckdb");
  const file = publishedPath(data);
  try {
    // The next publish puts another file under that name; this one stays what it is.
    linkSync(file, published);
  } catch {
    copyFileSync(file, published);
  }
  const again = publishedAgain(state, version);
  const snapshot = new StateSnapshot(state.store.path);
  return { snapshot, settlements, reference, version, again, folder, published };
}

/**
 * Counts everything again from the kept settlements, in SQL that shares nothing with the engine's
 * aggregation, and holds it against the published figures. Lets go of what was pinned.
 */
export async function verifyPublished(pinned: Pinned): Promise<VerifyResult> {
  const { snapshot, reference, folder } = pinned;
  const started = performance.now();
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: reference.config.verify.memory,
    temp_directory: join(folder, "duckdb-tmp"),
    autoinstall_known_extensions: "false",
  });
  try {
    await privateFolder(folder);
    const connection = await instance.connect();
    try {
      // The file is thrown away: to put it in order at the end would hold up the engine for nothing.
      await connection.run("PRAGMA disable_checkpoint_on_shutdown");
      await connection.run(`ATTACH ${quoteText(join(folder, "recount.duckdb"))} AS recount; USE recount`);
      const stage = pinned.settlements(connection, snapshot, reference, false);
      const { hash, settlements, versionsAgree } = await recount(connection, stage, reference);
      await connection.run(attachPublished(pinned.published));
      await connection.run(DIFFERENCE_TABLE);
      let figures = await compareFacts(connection, reference.config.periods);
      await connection.run(`ATTACH ${quoteText(await writeAgain(pinned))} AS again`);
      figures += await compareRatios(connection);
      figures += await compareFunds(connection, snapshot, reference.config);
      figures += await compareGiven(connection);
      figures += await compareOutlook(connection);
      figures += await compareTables(connection);
      figures += await compareAlerts(connection, reference.config);
      if (!versionsAgree) await compareVersions(connection, settlements, snapshot.ids.count());
      const found = await readDifferences(connection, SPELLED_OUT);
      return {
        version: pinned.version,
        sequence: snapshot.sequence,
        figures,
        ...found,
        hash,
        seconds: Math.round(performance.now() - started) / 1000,
      };
    } finally {
      connection.closeSync();
    }
  } catch (cause) {
    throw failed("FP4005", "the recount failed", cause);
  } finally {
    instance.closeSync();
    snapshot.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes what is published beside the sums of settlements into a file of its own; returns its path. */
async function writeAgain({ again, reference, folder, snapshot }: Pinned): Promise<string> {
  const publisher = new DuckDbPublisher({ dataDir: folder, config: reference.config });
  try {
    await publisher.open(snapshot.stateId);
    await publisher.publish(again);
    return publisher.publishedPath;
  } finally {
    await publisher.close();
  }
}
