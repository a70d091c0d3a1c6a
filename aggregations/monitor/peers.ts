import { LEAST_PEERS, quartile } from "../alerts/quartiles.js";
import { parseDecimal, roundHalfUp } from "../rational.js";

/** What decides whether two facilities are peers. */
export interface PeerFacts {
  readonly facility: string;
  readonly tier: string | null;
  readonly kind: string | null;
  readonly local: boolean;
}

export interface Peers {
  readonly scope: "local" | "all";
  /** Codes, the facility's own among them. */
  readonly codes: readonly string[];
}

/**
 * Facilities of the same tier and kind: those in the jurisdiction, where they are four or more and nobody asked for
 * all; else wherever they are.
 */
export function peersOf(
  self: PeerFacts,
  others: readonly PeerFacts[],
  asked: "local" | "all" | undefined,
): Peers {
  const alike = others.filter((o) => o.tier === self.tier && o.kind === self.kind);
  const local = alike.filter((o) => o.local);
  const scope = asked ?? (self.local && local.length >= LEAST_PEERS ? "local" : "all");
  return { scope, codes: (scope === "local" ? local : alike).map((o) => o.facility) };
}

/** Median and quartiles of published values, six places; null of none. */
export function spreadOf(values: readonly (string | null)[]): {
  readonly median: string | null;
  readonly q1: string | null;
  readonly q3: string | null;
} {
  const given = values.flatMap((v) => {
    const r = v === null ? null : parseDecimal(v);
    return r === null ? [] : [r];
  });
  const part = (n: 1 | 2 | 3): string | null => {
    const r = quartile(given, n);
    return r === null ? null : roundHalfUp(r, 6);
  };
  return { median: part(2), q1: part(1), q3: part(3) };
}
