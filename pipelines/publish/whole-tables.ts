import { dayText } from "../../aggregations/calendar.js";
import { facilityVersion } from "../../aggregations/dimensions/facilities.js";
import type {
  BalanceRow,
  CategoryRow,
  FacilityRow,
  OrphanRefundRow,
  PublishInput,
  QuarantineRow,
  UnmappedRow,
  WarningRow,
} from "../../connectors/ports/publisher.js";
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
}

/** The published tables that are given whole, and which of them changed since they were last given. */
export class WholeTables {
  readonly #given = new Map<Name, number | string>();
  #pending = new Map<Name, number | string>();
  readonly #tables: { readonly [N in Name]: Table<N> };

  constructor(private readonly state: PublishState) {
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
      quarantine: { revision: () => store.quarantine.revision, rows: () => this.#quarantine() },
      warnings: {
        revision: () => store.warnings.revision + store.changedFiles.revision,
        rows: () => this.#warnings(),
      },
      orphanRefunds: { revision: () => store.refunds.revision, rows: () => this.#orphanRefunds() },
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

  /** The tables that changed since they were last given. */
  changed(): Partial<Pick<PublishInput, Name>> {
    this.#pending = new Map();
    const found: [Name, unknown][] = [];
    for (const name of Object.keys(this.#tables) as Name[]) {
      const revision = this.#tables[name].revision();
      if (this.#given.get(name) === revision) continue;
      this.#pending.set(name, revision);
      found.push([name, this.#tables[name].rows()]);
    }
    return Object.fromEntries(found);
  }

  /** What `changed` returned last was published. */
  given(): void {
    for (const [name, revision] of this.#pending) this.#given.set(name, revision);
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

  #quarantine(): QuarantineRow[] {
    const { store } = this.state;
    return store.quarantine.listed(QUALITY_ROWS).map(({ partitionId, ...row }) => {
      const { source, partition } = store.partitions.byId(partitionId);
      return { ...row, source, partition };
    });
  }

  #warnings(): WarningRow[] {
    const { store } = this.state;
    const files = store.changedFiles.waiting().map(({ partitionId, detail }): WarningRow => {
      const { source, partition, next } = store.partitions.byId(partitionId);
      const stream = STREAM_NAMES.find((s) => partition.startsWith(`${s}-`)) ?? "settlement";
      const at = { source, partition, position: next };
      return { record_key: partition, warning: "file_changed", stream, ...at, detail };
    });
    const records = store.warnings.listed(QUALITY_ROWS).map(({ partitionId, ...row }) => {
      const { source, partition } = store.partitions.byId(partitionId);
      return { ...row, source, partition };
    });
    return [...files, ...records];
  }

  #orphanRefunds(): OrphanRefundRow[] {
    const rows = this.state.store.refunds.orphans(QUALITY_ROWS);
    return rows.map((row) => ({ ...row, fee: yuanText(row.fee) }));
  }

  #unmapped(): UnmappedRow[] {
    return unmappedOf(this.state.store).map((row) => ({
      ...row,
      fee: yuanText(row.fee),
      blocks_close: blocksClose(row.kind),
    }));
  }
}

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
