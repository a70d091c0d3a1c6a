import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { otherModes } from "../../../connectors/files/modes.js";
import { CLI, Workspace } from "../../support/workspace.js";

let w: Workspace;
beforeEach(() => {
  w = new Workspace({ groupings: ["total"] });
  w.put("settlement-1.ndjson", [
    {
      ...{
        setl_id: "S1",
        mdtrt_id: "M1",
        setl_time: "2024-03-05 10:00:00",
        updt_time: "2024-03-05 10:00:00",
      },
      ...{ psn_no: "P1", insutype: "390", insu_admdvs: "620725", fixmedins_code: "H1", med_type: "11" },
      ...{ fix_blng_admdvs: "620725", medfee_sumamt: "1.00", hifp_pay: "1.00", fund_pay_sumamt: "1.00" },
    },
  ]);
});
afterEach(() => w.remove());

const under = (umask: string, ...args: string[]): string =>
  execFileSync(
    "sh",
    ["-c", `umask ${umask}; exec "$0" "$@"`, process.execPath, CLI, ...args, "--config", w.configFile],
    {
      encoding: "utf8",
    },
  );
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test.each(["000", "022", "077"])(
  "under umask %s readers may read what is published, and nobody else's is open",
  (umask) => {
    under(umask, "run", "--until-drained");
    under(umask, "close", "2024-03", "--force");
    const data = join(w.dir, "data");
    expect(mode(data)).toBe("755");
    for (const [file, wanted] of [
      ["published", "755"],
      ["published/fundpulse.duckdb", "644"],
      ["published/cells.duckdb", "644"],
      ["state.sqlite", "600"],
      ["lock.db", "600"],
      ["lock.json", "600"],
      ["work", "700"],
    ])
      expect([file, mode(join(data, file))]).toEqual([file, wanted]);
    expect(otherModes(data)).toEqual([]);
    expect(existsSync(join(data, "work")) && readdirSync(join(data, "work")).length).toBeGreaterThan(0);
  },
);

test("check tells what has been opened to others", () => {
  under("022", "run", "--until-drained");
  chmodSync(join(w.dir, "data", "state.sqlite"), 0o644);
  const said = under("022", "check", "--quiet");
  expect(said).toContain("state.sqlite has 644, it should have 600");
});
