import type { RefundRow, SqliteStore } from "../../connectors/state/store.js";
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
    const rows = store.sql("SELECT DISTINCT init_setl_id FROM refund WHERE orphan = 1").raw().all() as [
      string,
    ][];
    this.#awaited = new Set(rows.map(([id]) => id));
  }

  /** Ids of the kept refunds of an original. */
  refundsOf(setlId: string): string[] {
    return (
      this.store.sql("SELECT setl_id FROM refund WHERE init_setl_id = ?").raw().all(setlId) as [string][]
    ).map(([id]) => id);
  }

  /** A settlement stands for the first time. */
  added(s: Settlement): void {
    if (this.#awaited.delete(s.setl_id)) {
      this.store.revisions.refunds++;
      this.store.sql("UPDATE refund SET orphan = 0 WHERE init_setl_id = ?").run(s.setl_id);
      this.#evaluate(s.setl_id);
    }
    if (s.init_setl_id !== "") this.#enter(s);
  }

  /** Another version of a settlement stands; with `gone` none stands any more. */
  corrected(s: Settlement, gone = false): void {
    const before = this.store.sql("SELECT init_setl_id FROM refund WHERE setl_id = ?").get(s.setl_id) as
      | Pick<RefundRow, "init_setl_id">
      | undefined;
    this.store.revisions.refunds += this.store
      .sql("DELETE FROM refund WHERE setl_id = ?")
      .run(s.setl_id).changes;
    if (s.init_setl_id !== "" && !gone) this.#enter(s);
    if (before && (gone || before.init_setl_id !== s.init_setl_id)) this.#evaluate(before.init_setl_id);
    if (this.refundsOf(s.setl_id).length === 0) return;
    this.store.revisions.refunds++;
    this.store.sql("UPDATE refund SET orphan = ? WHERE init_setl_id = ?").run(gone ? 1 : 0, s.setl_id);
    if (gone) this.#awaited.add(s.setl_id);
    this.#evaluate(s.setl_id);
  }

  #enter(refund: Settlement): void {
    const known = this.store.ids.findOne(refund.init_setl_id) !== undefined;
    if (!known) {
      this.#awaited.add(refund.init_setl_id);
      this.store.revisions.refunds++;
    }
    this.store
      .sql(
        "INSERT OR REPLACE INTO refund (setl_id, init_setl_id, orphan, setl_time, fee, valid) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(
        refund.setl_id,
        refund.init_setl_id,
        known ? 0 : 1,
        refund.setl_time,
        refund.amounts[AMOUNT_INDEX.medfee_sumamt],
        refund.vali_flag === "1" ? 1 : 0,
      );
    if (known) this.#evaluate(refund.init_setl_id);
  }

  /** Renews the warnings of one original; of one that stands no more there are none. */
  #evaluate(originalId: string): void {
    const { store } = this;
    store.dropWarnings(originalId, WARNINGS);
    const ref = store.ids.findOne(originalId);
    if (ref === undefined) return;
    const { count, fee } = store
      .sql(
        "SELECT count(*) AS count, coalesce(sum(fee), 0) AS fee FROM refund WHERE init_setl_id = ? AND valid = 1",
      )
      .get(originalId) as { count: number; fee: number };
    if (count === 0) return;
    store.read(ref, this.#original, this.#facts);
    const original = Math.abs(this.#original.amounts[AMOUNT_INDEX.medfee_sumamt]);
    const refunded = Math.abs(fee);
    const warn = (warning: (typeof WARNINGS)[number], detail: string): void =>
      store.warn(originalId, warning, this.#facts, detail);
    if (count > 1) warn("second_refund", `${count} refunds of one settlement`);
    if (refunded < original) warn("partial_refund", "refunded less than the settlement's fee");
    if (refunded > original) warn("refund_beyond_original", "refunded more than the settlement's fee");
    if (this.#original.vali_flag !== "1") warn("refund_of_invalid", "the refunded settlement is not valid");
  }
}
