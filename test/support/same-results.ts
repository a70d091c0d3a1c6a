import { differingRows, resultHashes, type Workspace } from "./workspace.js";

/**
 * Holds every published result of `w` against the hashes of `reference`, with `quality` the quality tables too.
 * Throws at the first table that differs, with rows of it.
 */
export async function expectSameResults(
  w: Workspace,
  reference: Workspace,
  hashes: Readonly<Record<string, string>>,
  options: { readonly quality?: boolean } = {},
): Promise<void> {
  const found = await resultHashes(w, options);
  const wanted = Object.keys(hashes).filter((name) => options.quality || !name.startsWith("quality_"));
  for (const name of new Set([...wanted, ...Object.keys(found)])) {
    if (found[name] === hashes[name]) continue;
    throw new Error(`${name} differs:\n${(await differingRows(reference, w, name)).join("\n")}`);
  }
}
