import { join } from "node:path";
import type { LoadedConfig } from "../../connectors/config/load.js";
import { ExplainReader, type SnapshotId } from "../../connectors/duckdb/explain/reader.js";
import { FundpulseError } from "../../schemas/errors.js";
import { publishedFile } from "../workspace/files.js";

/** Where the detail file of a workspace stands. */
export const detailFile = (loaded: LoadedConfig): string =>
  join(loaded.config.data, "detail", "detail.duckdb");

const covers = (detail: SnapshotId | null, published: SnapshotId): detail is SnapshotId =>
  detail !== null && detail.stateId === published.stateId && detail.sequence >= published.sequence;

/** Both files side by side, the detail file as new as the published one or newer. */
export interface Opened {
  readonly reader: ExplainReader;
  readonly published: Awaited<ReturnType<ExplainReader["publishedSnapshot"]>>;
  readonly detail: SnapshotId;
}

/**
 * Opens the published file and the detail file; one of those that is missing or older than what is published is
 * brought up to date first, by `refreshDetail`.
 * @throws FundpulseError FP4002 without a published file, FP5002 when the detail file stays behind.
 */
export async function openFiles(loaded: LoadedConfig, refreshDetail: () => Promise<void>): Promise<Opened> {
  const reader = await ExplainReader.open(publishedFile(loaded));
  try {
    const published = await reader.publishedSnapshot();
    const path = detailFile(loaded);
    let detail = await reader.openDetail(path);
    if (!covers(detail, published)) {
      if (detail !== null) await reader.closeDetail();
      await refreshDetail();
      detail = await reader.openDetail(path);
      if (!covers(detail, published)) {
        throw new FundpulseError("FP5002", `${path} is older than what is published, after it was written`, {
          action: "publish again: fundpulse run --until-drained",
        });
      }
    }
    return { reader, published, detail };
  } catch (error) {
    reader.close();
    throw error;
  }
}
