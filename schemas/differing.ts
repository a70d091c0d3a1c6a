/** Names under which two tables of values, hashes of rules for instance, differ; in order. */
export function differingNames(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort();
}

/** `groupings differs`, `groupings, refunds differ`: for messages. */
export const differText = (names: readonly string[]): string =>
  `${names.join(", ")} ${names.length === 1 ? "differs" : "differ"}`;
