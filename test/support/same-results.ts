import { differingRows, type ResultOptions, resultHashes, type Workspace } from "./workspace.js";

/** The published results of `w` that differ from those of `reference`, which has these hashes, each with rows of it. */
export async function differingResults(
  w: Workspace,
  reference: Workspace,
  hashes: Readonly<Record<string, string>>,
  options: ResultOptions = {},
): Promise<string[]> {
  const found = await resultHashes(w, options);
  const wanted = Object.keys(hashes).filter((name) => options.quality || !name.startsWith("quality_"));
  const differs: string[] = [];
  for (const name of new Set([...wanted, ...Object.keys(found)])) {
    if (found[name] === hashes[name]) continue;
    const rows = (await differingRows(reference, w, name, options)).map((row) => String(row).slice(0, 500));
    differs.push(`${name} differs:\n${rows.join("\n")}`);
  }
  return differs;
}

/**
 * Holds every published result of `w` against the hashes of `reference`, with `quality` the quality tables too.
 * Throws at the first table that differs, with rows of it.
 */
export async function expectSameResults(
  w: Workspace,
  reference: Workspace,
  hashes: Readonly<Record<string, string>>,
  options: ResultOptions = {},
): Promise<void> {
  const [differs] = await differingResults(w, reference, hashes, options);
  if (differs !== undefined) throw new Error(differs);
}
