import { afterEach, expect, test, vi } from "vitest";
import { SqliteStore } from "../../../connectors/state/store.js";
import type { MemoryPublisher } from "../../support/memory-publisher.js";
import { memoryFigures, refund, settlement, Workspace } from "../../support/workspace.js";

const NOW = Date.parse("2024-07-01T00:00:00+08:00");
const CONFIG = { groupings: ["total", "care", "care+category", "care+tier", "care+facility"] };
const CSV = "fixmedins_code,admdvs,hosp_lv\n";

const made: Workspace[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const w of made.splice(0)) w.remove();
});

/** Lets so many commits happen; then every commit fails as if the process were gone. Returns how many did. */
function dieAfter(commits: number): () => number {
  const real = SqliteStore.prototype.commit;
  let done = 0;
  vi.spyOn(SqliteStore.prototype, "commit").mockImplementation(function (this: SqliteStore, work) {
    if (done >= commits) throw new Error("the process is gone");
    done++;
    return real.call(this, work) as never;
  });
  return () => done;
}

/** A state with history: two months, unknown facilities, refunds, waiting records. */
async function prepared(): Promise<Workspace> {
  const w = new Workspace(CONFIG);
  made.push(w);
  w.reference("facilities", `${CSV}H1,620725,05\nH2,620702,02\n`);
  w.reference("categories", "med_type,category,care\n9977,门诊两病,outpatient\n");
  w.put("settlement-1.ndjson", [
    ...["H1", "H2", "H3", "H1", "H2"].map((h, i) =>
      settlement(`S${i}`, { fixmedins_code: h, setl_time: `2024-0${(i % 2) + 3}-05 10:00:00` }),
    ),
    settlement("C1", { med_type: "9977" }),
    settlement("C2", { med_type: "9988" }),
    settlement("O1", { fixmedins_code: "H2", insu_admdvs: "110101" }),
    settlement("O2", { fixmedins_code: "H1", insu_admdvs: "110101" }),
    refund("R1", "S0"),
    refund("R9", "S9"),
  ]);
  await w.drainToMemory(() => NOW);
  return w;
}

const told = (m: MemoryPublisher): Record<string, unknown> => ({
  ...memoryFigures(m),
  balance: m.last!.balance,
  unmapped: m.last!.unmapped,
  orphans: m.last!.orphanRefunds,
  figures: undefined,
});

/** Edits of every table, and files that change facilities and settlements. */
function change(w: Workspace): void {
  w.reference("facilities", `${CSV}H1,110101,05\nH2,620725,08\n`);
  w.reference("categories", "med_type,category,care\n9988,慢病,outpatient\n");
  w.put("facility-1.ndjson", [
    { fixmedins_code: "H3", admdvs: "620725", hosp_lv: "08" },
    { fixmedins_code: "H1", admdvs: "620725", hosp_lv: "01", valid_from: "2024-04-01" },
  ]);
  w.put("settlement-2.ndjson", [
    settlement("S0", {
      updt_time: "2024-05-01 00:00:00",
      setl_time: "2024-05-01 00:00:00",
      fixmedins_code: "H2",
    }),
    settlement("S9", { fixmedins_code: "H2", setl_time: "2024-03-30 00:00:00" }),
    settlement("S4", { fixmedins_code: "H2", med_type: "14" }),
    refund("R2", "S4"),
  ]);
  w.put("settlement-3.ndjson", ["broken", settlement("S7", { vali_flag: "2" })]);
}

test("a process that ends between any two commits leaves what a start goes on from", async () => {
  const undisturbed = await prepared();
  change(undisturbed);
  const count = dieAfter(Number.POSITIVE_INFINITY);
  const expected = told(await undisturbed.drainToMemory(() => NOW));
  const commits = count();
  vi.restoreAllMocks();
  expect(commits).toBeGreaterThan(15);
  for (let n = 0; n < commits; n++) {
    const w = await prepared();
    change(w);
    dieAfter(n);
    await w.drainToMemory(() => NOW).catch(() => undefined);
    vi.restoreAllMocks();
    expect({ n, ...told(await w.drainToMemory(() => NOW)) }).toEqual({ n, ...expected });
    w.remove();
  }
});

test("a rebuild that ends between any two commits goes on at the next start, once it has begun", async () => {
  const other = { ...CONFIG, refunds: "original-period", insurances: { employee: ["390"], resident: [] } };
  const undisturbed = await prepared();
  undisturbed.configure(other);
  const count = dieAfter(Number.POSITIVE_INFINITY);
  const expected = told(await undisturbed.rebuildToMemory(() => NOW));
  const commits = count();
  vi.restoreAllMocks();
  let begun = false;
  for (let n = 0; n < commits; n++) {
    const w = await prepared();
    w.configure(other);
    dieAfter(n);
    await w.rebuildToMemory(() => NOW).catch(() => undefined);
    vi.restoreAllMocks();
    const code = await w
      .drainToMemory(() => NOW)
      .then(
        () => "",
        (error) => String(error.code),
      );
    // Before its first mark the state is still the one of the old rules, and is told so.
    if (!begun && code !== "") {
      expect([n, code]).toEqual([n, "FP2005"]);
      await w.rebuildToMemory(() => NOW);
    } else {
      begun = true;
      expect([n, code]).toEqual([n, ""]);
    }
    expect({ n, ...told(w.memory) }).toEqual({ n, ...expected });
    w.remove();
  }
  expect(begun).toBe(true);
});
