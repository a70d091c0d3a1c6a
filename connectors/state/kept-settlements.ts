import { monthEnd, monthStart } from "../../aggregations/calendar.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import { broken } from "../../schemas/invariant.js";
import type { MonthNumber } from "../../schemas/units.js";
import { RECOVER } from "./damage.js";
import type { StateFile } from "./file.js";
import { type BlockTimes, LaterTimes } from "./later-times.js";
import {
  BlockReader,
  BlockWriter,
  type CodeTable,
  type Ref,
  ROWS_PER_BLOCK,
  type RowFacts,
} from "./settlement-block.js";
import { SettlementIndex } from "./settlement-index.js";

/** Whether a kept id is this one: half a surrogate pair has no UTF-8 form and is kept as U+FFFD. */
export const sameId = (kept: string, id: string): boolean =>
  kept === id || kept === Buffer.from(id).toString();

/** How the record of a superseded version was counted; `applied` stands for held ones too. */
export type CountedAs = "applied" | "duplicate" | "quarantined";
/** In the order of their numbers in `dead.kept`, from 1. */
const COUNTED_AS: readonly CountedAs[] = ["applied", "duplicate", "quarantined"];

/** Blocks that are held open, about 12 KB each. */
const OPEN_BLOCKS = 256;

/** A block whose bytes were held against their checksum. */
interface OpenBlock {
  readonly id: number;
  readonly reader: BlockReader;
  later: BlockTimes;
}

/** What a version shows that is no content of it. */
export type KeptAside = Pick<Settlement, "updt_time" | "refd_setl_flag">;

/**
 * Every version of every settlement that was ever kept, in blocks that never change; which of them are current
 * (`ids`), which are superseded, and the later times of those that came again unchanged. About 80 bytes a settlement
 * in its block and 80 in the index; memory does not grow with them.
 */
export class KeptSettlements {
  /** Blocks that were read lately, the last one last: a batch comes back to the same few. */
  readonly #opened = new Map<number, OpenBlock>();
  #last: OpenBlock | null = null;
  readonly #later: LaterTimes;
  /** Current versions by setl_id. */
  readonly ids: SettlementIndex;

  constructor(
    private readonly file: StateFile,
    private readonly codes: CodeTable,
  ) {
    this.ids = new SettlementIndex(file.sql);
    this.#later = new LaterTimes(file.sql);
  }

  writer(): BlockWriter {
    return new BlockWriter(this.codes);
  }

  /** Keeps a block of a month; returns the reference of its first row. */
  write(month: MonthNumber, rows: number, data: Buffer): Ref {
    if (!(rows >= 1 && rows <= ROWS_PER_BLOCK)) broken(`a block of ${rows} settlements`);
    const id = Number(
      this.file.sql("INSERT INTO block (month, rows, data) VALUES (?, ?, ?)").run(month, rows, data)
        .lastInsertRowid,
    );
    return id * ROWS_PER_BLOCK;
  }

  get lastBlock(): number {
    return (this.file.sql("SELECT coalesce(max(id), 0) AS id FROM block").get() as { id: number }).id;
  }

  #damaged(id: number, what: string): FundpulseError {
    return new FundpulseError("FP2004", `block ${id} of the state file ${this.file.path} ${what}`, {
      action: RECOVER,
    });
  }

  #open(id: number, data: Buffer, reader = new BlockReader(this.codes)): OpenBlock {
    if (!reader.open(data)) throw this.#damaged(id, "is damaged");
    return { id, reader, later: this.#later.ofBlock(id) };
  }

  /** Reads a row of an opened block. */
  #readRow(block: OpenBlock, ref: Ref, into: Settlement, facts: RowFacts): void {
    block.reader.read(ref % ROWS_PER_BLOCK, into, facts);
    if (!this.#later.holds(block.later)) block.later = this.#later.ofBlock(block.id);
    into.updt_time = this.#later.of(ref, block.later, into.updt_time);
  }

  /** A block, held open for those that ask for it next. */
  #block(id: number): OpenBlock {
    if (this.#last?.id === id) return this.#last;
    let block = this.#opened.get(id);
    if (block === undefined) {
      const data = this.file.sql("SELECT data FROM block WHERE id = ?").pluck().get(id) as Buffer | undefined;
      if (data === undefined) throw this.#damaged(id, "is missing");
      block = this.#open(id, data, this.#oldest());
    } else this.#opened.delete(id);
    this.#opened.set(id, block);
    this.#last = block;
    return block;
  }

  /** The reader of the block that was not asked for longest, once there are too many: it is used again. */
  #oldest(): BlockReader | undefined {
    if (this.#opened.size < OPEN_BLOCKS) return undefined;
    const [[id, { reader }]] = this.#opened;
    this.#opened.delete(id);
    this.#last = null;
    return reader;
  }

  /** Reads one kept version. */
  read(ref: Ref, into: Settlement, facts: RowFacts): void {
    const id = Math.floor(ref / ROWS_PER_BLOCK);
    const block = this.#block(id);
    if (ref % ROWS_PER_BLOCK >= block.reader.count) throw this.#damaged(id, "has no such row");
    this.#readRow(block, ref, into, facts);
  }

  /** Reads the current version of an id, which must be one of that id. */
  readCurrent(setlId: string, ref: Ref, into: Settlement, facts: RowFacts): void {
    this.read(ref, into, facts);
    if (!sameId(into.setl_id, setlId)) {
      throw this.#damaged(Math.floor(ref / ROWS_PER_BLOCK), "is not where an id leads to");
    }
  }

  /**
   * Reads every block there is, so that it is known that all of them can be read.
   * @throws FundpulseError FP2004
   */
  checkBlocks(): void {
    const page = this.file.sql("SELECT id, rows, data FROM block WHERE id > ? ORDER BY id LIMIT 64");
    const reader = new BlockReader(this.codes);
    for (let after = 0; ; ) {
      const blocks = page.all(after) as { id: number; rows: number; data: Buffer }[];
      for (const { id, rows, data } of blocks) {
        if (this.#open(id, data, reader).reader.count !== rows)
          throw this.#damaged(id, "has other rows than it says");
        after = id;
      }
      if (blocks.length < 64) return;
    }
  }

  /** Enters every id anew from the blocks: what is not superseded is current. Only inside a transaction. */
  deriveIds(into: Settlement, facts: RowFacts): void {
    this.ids.forget();
    for (const month of this.months()) {
      this.scan(month, 0, into, facts, (ref) => {
        if (this.ids.findOne(into.setl_id) !== undefined) {
          throw this.#damaged(
            Math.floor(ref / ROWS_PER_BLOCK),
            "has a second current version of a settlement",
          );
        }
        this.ids.insert([into.setl_id], ref);
      });
    }
  }

  /** Months that hold kept settlements. */
  months(): MonthNumber[] {
    return (this.file.sql("SELECT DISTINCT month FROM block ORDER BY month").raw().all() as [number][]).map(
      ([m]) => m,
    );
  }

  /**
   * Visits the current versions of a month's blocks after `afterBlock`, in the order they were kept.
   * `visit` may read and write the state: blocks are taken in pages.
   */
  scan(
    month: MonthNumber,
    afterBlock: number,
    into: Settlement,
    facts: RowFacts,
    visit: (ref: Ref) => void,
  ): void {
    const superseded = new Set(
      (this.file.sql("SELECT ref FROM dead WHERE month = ?").raw().all(month) as [number][]).map(
        ([ref]) => ref,
      ),
    );
    const page = this.file.sql("SELECT id, data FROM block WHERE month = ? AND id > ? ORDER BY id LIMIT 64");
    const [first, last] = [monthStart(month), monthEnd(month)];
    // A reader of its own: `visit` may open other blocks.
    const reader = new BlockReader(this.codes);
    for (let after = afterBlock; ; ) {
      const blocks = page.all(month, after) as { id: number; data: Buffer }[];
      for (const { id, data } of blocks) {
        const block = this.#open(id, data, reader);
        for (let i = 0; i < reader.count; i++) {
          const ref = id * ROWS_PER_BLOCK + i;
          if (superseded.has(ref)) continue;
          this.#readRow(block, ref, into, facts);
          if (!(facts.day >= first && facts.day <= last)) throw this.#damaged(id, "is of another month");
          visit(ref);
        }
        after = id;
      }
      if (blocks.length < 64) return;
    }
  }

  /** Visits every version ever kept, superseded ones too. */
  scanAll(into: Settlement, facts: RowFacts, visit: () => void): void {
    const page = this.file.sql("SELECT id, data FROM block WHERE id > ? ORDER BY id LIMIT 64");
    const reader = new BlockReader(this.codes);
    for (let after = 0; ; ) {
      const blocks = page.all(after) as { id: number; data: Buffer }[];
      for (const { id, data } of blocks) {
        const block = this.#open(id, data, reader);
        for (let i = 0; i < reader.count; i++) {
          this.#readRow(block, id * ROWS_PER_BLOCK + i, into, facts);
          visit();
        }
        after = id;
      }
      if (blocks.length < 64) return;
    }
  }

  /**
   * Moves the time of a kept version to that of a later copy of the same content, which needs no row then. Returns
   * false, and moves nothing, where the copy shows something else that is no content: it has to be kept itself. Only
   * inside a commit.
   */
  moveTime(ref: Ref, month: MonthNumber, kept: KeptAside, copy: KeptAside): boolean {
    if (kept.refd_setl_flag !== copy.refd_setl_flag) return false;
    this.#later.move(ref, month, kept.updt_time, copy.updt_time, this.file.sequence);
    return true;
  }

  /**
   * Takes a version out of the current ones. It stays readable: unless `countedAs` is null, it may have to
   * stand again.
   */
  supersede(ref: Ref, month: MonthNumber, setlId: string, countedAs: CountedAs | null = "applied"): void {
    this.file
      .sql("INSERT INTO dead (ref, month, sequence, setl_id, kept) VALUES (?, ?, ?, ?, ?)")
      .run(
        ref,
        month,
        this.file.sequence,
        setlId,
        countedAs === null ? 0 : COUNTED_AS.indexOf(countedAs) + 1,
      );
  }

  /** Versions of a month in blocks up to `lastBlock` that were superseded after `sequence`. */
  supersededSince(month: MonthNumber, sequence: number, lastBlock: number): Ref[] {
    return (
      this.file
        .sql("SELECT ref FROM dead WHERE month = ? AND sequence > ? AND ref < ?")
        .raw()
        .all(month, sequence, (lastBlock + 1) * ROWS_PER_BLOCK) as [number][]
    ).map(([ref]) => ref);
  }

  /** Superseded versions of a key that could become current again, and how their records were counted. */
  supersededVersions(setlId: string): { readonly ref: Ref; readonly countedAs: CountedAs }[] {
    const rows = this.file.sql("SELECT ref, kept FROM dead WHERE setl_id = ? AND kept > 0").raw().all(setlId);
    return (rows as [number, number][]).map(([ref, kept]) => ({ ref, countedAs: COUNTED_AS[kept - 1] }));
  }

  forgetSuperseded(ref: Ref): void {
    this.file.sql("UPDATE dead SET kept = 0 WHERE ref = ?").run(ref);
  }
}
