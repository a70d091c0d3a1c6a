import { dayText } from "../../aggregations/calendar.js";
import { facilityVersion } from "../../aggregations/dimensions/facilities.js";
import type {
  BalanceRow,
  CategoryRow,
  FacilityRow,
  KeyedTable,
  OrphanRefundRow,
  PublishInput,
  QuarantineRow,
  UnmappedRow,
  WarningRow,
} from "../../connectors/ports/publisher.js";
import type { ChangedKeys } from "../../connectors/state/changed-keys.js";
import type { ListedEntry } from "../../connectors/state/quarantine.js";
import type { OrphanRefund } from "../../connectors/state/refunds.js";
import type { ListedWarning } from "../../connectors/state/warnings.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { STREAM_NAMES } from "../../schemas/input/streams.js";
import { yuanText } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";
import { blocksClose, unmappedOf } from "../ledger/unmapped.js";
import { facilityReportingRows, periodQualityRevision, periodQualityRows } from "./completeness.js";

/** Rows of a quality table that are published at most: beyond it a look-up of single records helps nobody. */
const QUALITY_ROWS = 1_000_000;

/** Tables that a publish gives whole. */
type Name =
  | "facilities"
  | "categories"
  | "divisions"
  | "balance"
  | "quarantine"
  | "warnings"
  | "orphanRefunds"
  | "unmapped"
  | "gaps"
  | "facilityReporting"
  | "periodQuality";

interface Table<N extends Name> {
  /** Equal revisions mean equal rows: the rows are not even looked at then. */
  readonly revision: () => number | string;
  readonly rows: () => NonNullable<PublishInput[N]>;
  /** Where rows can be given by themselves: which changed, how many there are, and those of some keys. */
  readonly byKey?: {
    readonly changed: ChangedKeys;
    /** Rows of another kind stand in the table too: when this moved, it is given whole. */
    readonly beside?: () => number;
    readonly size: () => number;
    readonly rowsOf: (keys: readonly string[]) => NonNullable<PublishInput[N]>;
  };
}

/** What a table was like when it was given. */
interface Given {
  readonly revision: number | string;
  readonly beside: number;
  /** Whether it had every row: of more than are published at most, nobody knows which were left out. */
  readonly complete: boolean;
}

/** The published tables that are given whole, or by their changed rows, and which of them changed since they were last given. */
export class WholeTables {
  readonly #given = new Map<Name, Given>();
  #pending = new Map<Name, Given>();
  readonly #tables: { readonly [N in Name]: Table<N> };

  /** @param most rows of a quality table that are published at most */
  constructor(
    private readonly state: PublishState,
    private readonly most = QUALITY_ROWS,
  ) {
    const { store, reference } = state;
    const once = (): number => 0;
    this.#tables = {
      facilities: { revision: () => state.facilitiesRevision, rows: () => state.facilities.map(facilityRow) },
      categories: {
        revision: once,
        rows: (): CategoryRow[] => [
          ...NATIONAL_CATEGORIES.map((row) => ({ ...row, origin: "national" })),
          ...reference.categories.map((row) => ({ ...row, origin: "configured" })),
        ],
      },
      divisions: { revision: once, rows: () => reference.divisions },
      // Tallies move with every batch, and with records that go to quarantine afterwards.
      balance: {
        revision: () => `${store.meta("content_sequence")} ${store.quarantine.revision}`,
        rows: () => this.#balance(),
      },
      quarantine: {
        revision: () => store.quarantine.revision,
        rows: () => this.#entries(store.quarantine.listed(most)),
        byKey: {
          changed: store.quarantine.changed,
          size: () => store.quarantine.size(),
          rowsOf: (ids) => this.#entries(store.quarantine.listedOf(ids)),
        },
      },
      warnings: {
        revision: () => store.warnings.revision + store.changedFiles.revision,
        rows: () => [...this.#fileWarnings(), ...this.#warnings(store.warnings.listed(most))],
        byKey: {
          changed: store.warnings.changed,
          beside: () => store.changedFiles.revision,
          size: () => store.warnings.size(),
          rowsOf: (keys) => this.#warnings(store.warnings.of(keys)),
        },
      },
      orphanRefunds: {
        revision: () => store.refunds.revision,
        rows: () => orphanRows(store.refunds.orphans(most)),
        byKey: {
          changed: store.refunds.changed,
          size: () => store.refunds.size(),
          rowsOf: (ids) => orphanRows(store.refunds.orphansOf(ids)),
        },
      },
      unmapped: {
        revision: () => `${store.quarantine.revision} ${store.months.unmappedText()}`,
        rows: () => this.#unmapped(),
      },
      gaps: { revision: () => JSON.stringify(store.gaps.list()), rows: () => store.gaps.list() },
      facilityReporting: {
        revision: () => state.reporting.revision,
        rows: () => facilityReportingRows(state),
      },
      periodQuality: { revision: () => periodQualityRevision(state), rows: () => periodQualityRows(state) },
    };
  }

  /** Everything is to be given again. */
  forget(): void {
    this.#given.clear();
  }

  /** Every table; what is given next stays what it is. */
  all(): Partial<Pick<PublishInput, Name>> {
    return Object.fromEntries(
      (Object.keys(this.#tables) as Name[]).map((name) => [name, this.#tables[name].rows()]),
    );
  }

  /** The tables that changed since they were last given. */
  changed(): Partial<Pick<PublishInput, Name | "changedKeys">> {
    this.#pending = new Map();
    const found: [Name, unknown][] = [];
    const changedKeys: Partial<Record<KeyedTable, readonly string[]>> = {};
    for (const name of Object.keys(this.#tables) as Name[]) {
      const { revision, rows, byKey } = this.#tables[name] as Table<Name>;
      const now = revision();
      if (this.#given.get(name)?.revision === now) continue;
      const beside = byKey?.beside?.() ?? 0;
      const complete = byKey === undefined || byKey.size() <= this.most;
      this.#pending.set(name, { revision: now, beside, complete });
      const given = this.#given.get(name);
      const keys = [...(byKey?.changed.cut() ?? [])];
      if (byKey && keys.length > 0 && given?.beside === beside && given.complete && complete) {
        changedKeys[name as KeyedTable] = keys;
        found.push([name, byKey.rowsOf(keys)]);
      } else found.push([name, rows()]);
    }
    return { ...Object.fromEntries(found), ...(Object.keys(changedKeys).length > 0 ? { changedKeys } : {}) };
  }

  /** What `changed` returned last was published. */
  given(): void {
    for (const [name, given] of this.#pending) {
      this.#given.set(name, given);
      this.#tables[name].byKey?.changed.published();
    }
  }

  #balance(): BalanceRow[] {
    return this.state.store.partitions
      .all()
      .map(({ source, partition, received, applied, duplicate, held, quarantined }) => ({
        source,
        partition,
        received,
        applied,
        duplicate,
        held,
        quarantined,
      }));
  }

  #entries(entries: readonly ListedEntry[]): QuarantineRow[] {
    const { store } = this.state;
    return entries.map(({ partitionId, ...row }) => {
      const { source, partition } = store.partitions.byId(partitionId);
      return { ...row, source, partition };
    });
  }

  #fileWarnings(): WarningRow[] {
    const { store } = this.state;
    return store.changedFiles.waiting().map(({ partitionId, detail }): WarningRow => {
      const { source, partition, next } = store.partitions.byId(partitionId);
      const stream = STREAM_NAMES.find((s) => partition.startsWith(`${s}-`)) ?? "settlement";
      const at = { source, partition, position: next };
      return { record_key: partition, warning: "file_changed", stream, ...at, detail };
    });
  }

  #warnings(warnings: readonly ListedWarning[]): WarningRow[] {
    const { store } = this.state;
    return warnings.map(({ partitionId, ...row }) => {
      const { source, partition } = store.partitions.byId(partitionId);
      return { ...row, source, partition };
    });
  }

  #unmapped(): UnmappedRow[] {
    return unmappedOf(this.state.store).map((row) => ({
      ...row,
      fee: yuanText(row.fee),
      blocks_close: blocksClose(row.kind),
    }));
  }
}

const orphanRows = (refunds: readonly OrphanRefund[]): OrphanRefundRow[] =>
  refunds.map((row) => ({ ...row, fee: yuanText(row.fee) }));

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const day = (value: unknown): string | null => (typeof value === "number" ? dayText(value) : null);

function facilityRow(record: StreamRecord): FacilityRow {
  const version = facilityVersion(record);
  return {
    facility: version.code,
    name: text(record.name),
    admdvs: version.admdvs,
    hosp_lv: text(record.hosp_lv),
    tier: version.tier,
    ownership: text(record.ownership),
    kind: text(record.kind),
    parent_code: text(record.parent_code),
    valid_from: day(record.valid_from),
    valid_to: day(record.valid_to),
    display_order: typeof record.display_order === "number" ? record.display_order : null,
  };
}
