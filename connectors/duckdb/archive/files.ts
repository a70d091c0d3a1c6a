import { readdirSync } from "node:fs";
import { join } from "node:path";
import { FundpulseError } from "../../../schemas/errors.js";

/** Files of a month's folder that Flink has not yet shown begin with one of these. */
const UNFINISHED = /^[._]/;

/**
 * The finished files of an archive, a folder a month.
 * @throws FundpulseError FP3107 where the folder cannot be read
 */
export function archiveFiles(folder: string): string[] {
  return files(folder)
    .filter(([, name]) => !UNFINISHED.test(name))
    .map(([inside, name]) => join(inside, name))
    .sort();
}

/** Whether a file is there that Flink has not yet shown. */
export const hasUnfinished = (folder: string): boolean => {
  try {
    return files(folder).some(([, name]) => name.startsWith(".part-"));
  } catch {
    return false;
  }
};

function files(folder: string): [folder: string, name: string][] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((month) => month.isDirectory() && !UNFINISHED.test(month.name))
      .flatMap((month) => {
        const inside = join(folder, month.name);
        return readdirSync(inside).map((name): [string, string] => [inside, name]);
      });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FundpulseError(
      "FP3107",
      code === "ENOENT"
        ? `the archive ${folder} does not exist here`
        : `the archive ${folder} cannot be read (${code ?? message})`,
      {
        cause,
        action:
          "mount the folder that the job writes (`flink submit --archive`) where engine.archive says; before the first checkpoint it is not there",
      },
    );
  }
}

/** How many finished files there are; 0 also where the folder is not there. */
export function countArchiveFiles(folder: string): number {
  try {
    return archiveFiles(folder).length;
  } catch (error) {
    if (((error as FundpulseError).cause as NodeJS.ErrnoException)?.code === "ENOENT") return 0;
    throw error;
  }
}
