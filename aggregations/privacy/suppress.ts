/**
 * One row of a public edition. Rows form a tree: a row is the sum of the children that share a `partition`, and it may
 * have several partitions (by region, by tier …), each adding up to it.
 */
export interface EditionRow {
  readonly key: string;
  /** Key of the row that this one is a part of; null for the root. */
  readonly parent: string | null;
  readonly partition: string;
  /** Visits behind the row. */
  readonly count: number;
  /** People behind it, where they are counted. */
  readonly persons: number | null;
  /** Not published once: not published now. */
  readonly withheld?: boolean;
  /** Whether it holds any amount. */
  readonly anything: boolean;
}

/**
 * Keys of the rows that are not published: those with fewer visits or people than `threshold`, everything below a
 * row that is not published, and, the smallest first, as many siblings as leave an interval at least `threshold` wide
 * for each of them: from the sum of a partition and its published rows, a suppressed row is only known to lie
 * between 0 and the sum of all suppressed ones.
 *
 * Each row is in one sum only, the one with its siblings; nothing is published below a suppressed row. So these
 * intervals are all that the sums tell.
 */
export function suppressed(rows: readonly EditionRow[], threshold: number): Set<string> {
  const hidden = new Set<string>();
  if (threshold <= 0) return hidden;
  const children = new Map<string | null, EditionRow[]>();
  for (const row of rows) children.set(row.parent, [...(children.get(row.parent) ?? []), row]);
  const visit = (parent: string | null): void => {
    const below = children.get(parent) ?? [];
    for (const name of new Set(below.map((r) => r.partition))) {
      const partition = below.filter((r) => r.partition === name);
      if (parent !== null && hidden.has(parent)) for (const row of partition) hidden.add(row.key);
      else protect(partition, threshold, hidden);
    }
    for (const row of below) visit(row.key);
  };
  visit(null);
  return hidden;
}

const isSmall = ({ count, persons, anything, withheld }: EditionRow, threshold: number): boolean =>
  withheld === true ||
  (anything && count < threshold) ||
  (persons !== null && persons > 0 && persons < threshold);

/** Suppresses what is small among the parts of one sum, and what keeps it from being computed. */
function protect(parts: readonly EditionRow[], threshold: number, hidden: Set<string>): void {
  const small = parts.filter((r) => isSmall(r, threshold));
  if (small.length === 0) return;
  const out = new Set(small);
  const bySize = parts
    .filter((r) => !out.has(r) && r.anything)
    .sort((a, b) => a.count - b.count || (a.key < b.key ? -1 : 1));
  const width = (): number => [...out].reduce((sum, r) => sum + Math.max(0, r.count), 0);
  while ((out.size < 2 || width() < threshold) && bySize.length > 0) out.add(bySize.shift()!);
  for (const row of out) hidden.add(row.key);
}
