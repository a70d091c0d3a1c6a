import type { IncomingSettlement } from "../ledger/incoming-settlement.js";
import type { IngestState } from "../ledger/ports.js";
import type { Revalidation } from "./revalidation.js";

/**
 * Deletions that came before their settlement, of which only the key is known: each waits in the quarantine, and is
 * judged again as soon as its settlement has come.
 */
export class EarlyDeletions {
  #waiting: Map<string, number[]> | null = null;
  #due: number[] = [];

  constructor(
    private readonly state: IngestState,
    private readonly revalidation: Revalidation,
  ) {}

  /** Reads those that wait, once; due are those whose settlement came before a crash. */
  async load(): Promise<void> {
    if (this.#waiting !== null) return;
    this.#waiting = await this.revalidation.waitingDeletions();
    this.lookUp();
  }

  /** Looks for all that they wait for among what is kept. */
  lookUp(): void {
    if (this.#waiting === null || this.#waiting.size === 0) return;
    const ids = [...this.#waiting.keys()];
    for (const i of this.state.store.settlements.ids.find(ids).keys()) this.#fall(ids[i]);
  }

  /** A deletion waits from now on, under its quarantine number. */
  add(settlement: string, quarantined: number): void {
    this.#waiting?.set(settlement, [...(this.#waiting.get(settlement) ?? []), quarantined]);
  }

  /** Settlements came: what waits for one of them is due. */
  came(settlements: readonly IncomingSettlement[]): void {
    if (this.#waiting === null || this.#waiting.size === 0) return;
    for (const { keyOnly, outcome, s } of settlements) {
      if (!keyOnly && outcome !== "quarantined") this.#fall(s.setl_id);
    }
  }

  /** Numbers of the entries that are due, each given once. */
  takeDue(): readonly number[] {
    const due = this.#due;
    this.#due = [];
    return due;
  }

  #fall(settlement: string): void {
    this.#due.push(...(this.#waiting?.get(settlement) ?? []));
    this.#waiting?.delete(settlement);
  }
}
