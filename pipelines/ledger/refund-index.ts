import type { SqliteStore } from "../../connectors/state/store.js";
import { AMOUNT_INDEX, Settlement } from "../../schemas/input/settlement.js";
import { emptyFacts } from "./months.js";

const WARNINGS = ["partial_refund", "refund_beyond_original", "second_refund", "refund_of_invalid"] as const;

/**
 * Which refund reverses which settlement (docs/specification.md#refunds): lists refunds whose original was
 * never seen, and warns of partial, excessive and repeated refunds and of refunds of an invalid original.
 * None of it changes a figure. Called inside the commit that changes a settlement.
 */
export class RefundIndex {
  /** Originals that some refund waits for. Small: refunds arrive after their originals as a rule. */
  readonly #awaited: Set<string>;
  readonly #original = new Settlement();
  readonly #facts = emptyFacts();

  constructor(private readonly store: SqliteStore) {
    this.#awaited = new Set(store.refunds.awaitedOriginals());
  }

  /** Ids of the kept refunds of an original. */
  refundsOf(setlId: string): string[] {
    return this.store.refunds.of(setlId);
  }

  /** A settlement is current for the first time. */
  added(s: Settlement): void {
    if (this.#awaited.delete(s.setl_id)) {
      this.store.refunds.setOrphans(s.setl_id, false);
      this.#evaluate(s.setl_id);
    }
    if (s.init_setl_id !== "") this.#enter(s);
  }

  /** Another version of a settlement is current; with `gone` none is any more. */
  corrected(s: Settlement, gone = false): void {
    const { refunds } = this.store;
    const before = refunds.originalOf(s.setl_id);
    refunds.delete(s.setl_id);
    if (s.init_setl_id !== "" && !gone) this.#enter(s);
    if (before !== undefined && (gone || before !== s.init_setl_id)) this.#evaluate(before);
    if (refunds.of(s.setl_id).length === 0) return;
    refunds.setOrphans(s.setl_id, gone);
    if (gone) this.#awaited.add(s.setl_id);
    this.#evaluate(s.setl_id);
  }

  #enter(refund: Settlement): void {
    const known = this.store.settlements.ids.findOne(refund.init_setl_id) !== undefined;
    if (!known) this.#awaited.add(refund.init_setl_id);
    this.store.refunds.set(refund, !known);
    if (known) this.#evaluate(refund.init_setl_id);
  }

  /** Renews the warnings of one original; one without a current version has none. */
  #evaluate(originalId: string): void {
    const { store } = this;
    store.warnings.drop(originalId, WARNINGS);
    const ref = store.settlements.ids.findOne(originalId);
    if (ref === undefined) return;
    const { count, fee } = store.refunds.totalOf(originalId);
    if (count === 0) return;
    store.settlements.readCurrent(originalId, ref, this.#original, this.#facts);
    const original = Math.abs(this.#original.amounts[AMOUNT_INDEX.medfee_sumamt]);
    const refunded = Math.abs(fee);
    const warn = (warning: (typeof WARNINGS)[number], detail: string): void =>
      store.warnings.set(originalId, warning, this.#facts, detail);
    if (count > 1) warn("second_refund", `${count} refunds of one settlement`);
    if (refunded < original) warn("partial_refund", "refunded less than the settlement's fee");
    if (refunded > original) warn("refund_beyond_original", "refunded more than the settlement's fee");
    if (this.#original.vali_flag !== "1") warn("refund_of_invalid", "the refunded settlement is not valid");
  }
}
