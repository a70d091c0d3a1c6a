import type { LoadedConfig } from "../../connectors/config/load.js";
import { removeExcerpt } from "../../connectors/duckdb/detail/excerpt.js";
import { ExplainReader, type SnapshotId } from "../../connectors/duckdb/explain/reader.js";
import { detailPath } from "../../connectors/files/paths.js";
import { FundpulseError } from "../../schemas/errors.js";
import { publishedFile } from "../workspace/files.js";

/** Where the detail file of a workspace stands. */
export const detailFile = (loaded: LoadedConfig): string => detailPath(loaded.config.data);

const covers = (detail: SnapshotId | null, published: SnapshotId): detail is SnapshotId =>
  detail !== null && detail.stateId === published.stateId && detail.sequence >= published.sequence;

/** Both files side by side, the detail file as new as the published one or newer. */
export interface Opened {
  readonly reader: ExplainReader;
  readonly published: Awaited<ReturnType<ExplainReader["publishedSnapshot"]>>;
  readonly detail: SnapshotId;
}

/** A file with the records that are asked for, and the commit that they are of. */
export interface Brought {
  readonly path: string;
  readonly sequence: number;
  readonly excerpt?: true;
}

/**
 * Opens the published file and the detail file. Where that is missing or older than what is published, `bring`
 * is asked for one: the detail file brought up to date, or an excerpt, which is taken away as soon as it is open.
 * @throws FundpulseError FP4002 without a published file, FP5002 when the detail file stays behind.
 */
export async function openFiles(loaded: LoadedConfig, bring: () => Promise<Brought>): Promise<Opened> {
  const reader = await ExplainReader.open(publishedFile(loaded));
  try {
    const published = await reader.publishedSnapshot();
    const standing = await reader.openDetail(detailFile(loaded));
    if (covers(standing, published)) return { reader, published, detail: standing };
    if (standing !== null) await reader.closeDetail();
    const { path, sequence, excerpt } = await bring();
    const opened = await reader.openDetail(path);
    if (excerpt) await removeExcerpt(path);
    // A file that stands may be of an earlier commit, where what is asked for is the same in it.
    const detail = opened && { ...opened, sequence: Math.max(opened.sequence, sequence) };
    if (!covers(detail, published)) {
      throw new FundpulseError("FP5002", `${path} is older than what is published, after it was written`, {
        action: "publish again: fundpulse run --until-drained",
      });
    }
    return { reader, published, detail };
  } catch (error) {
    reader.close();
    throw error;
  }
}
