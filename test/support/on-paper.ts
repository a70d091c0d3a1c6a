import { queryPublished } from "../../connectors/duckdb/query.js";
import { Workspace } from "./workspace.js";

/** A published workspace of a made-up bureau, with every default grouping. */
export async function drainedBureau(
  config: object,
  files: Readonly<Record<string, readonly object[]>>,
  categories?: string,
): Promise<Workspace> {
  const space = new Workspace({ groupings: undefined, ...config });
  if (categories !== undefined) space.reference("categories", categories);
  for (const [stream, records] of Object.entries(files)) space.put(`${stream}-1.ndjson`, records);
  await space.drain();
  return space;
}

const FUNDS = [
  ...["hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay"],
];
/** A settlement whose identities hold: what no fund, no account and no hospital pays is cash. Yuan. */
export function bill(id: string, of: string, at: string, fee: number, more: object = {}): object {
  const given = more as Readonly<Record<string, number | undefined>>;
  const fund = FUNDS.reduce((sum, name) => sum + (given[name] ?? 0), 0);
  return {
    setl_id: id,
    mdtrt_id: `V${id}`,
    setl_time: "2024-03-15 10:00:00",
    updt_time: "2024-03-15 10:00:00",
    psn_no: `person of ${id}`,
    insutype: "390",
    psn_type: "1501",
    insu_admdvs: of,
    fixmedins_code: at,
    med_type: "11",
    medfee_sumamt: fee,
    fund_pay_sumamt: fund,
    psn_cash_pay: fee - fund - (given.acct_pay ?? 0) - (given.hosp_part_amt ?? 0),
    ...more,
  };
}

const WHERE = `concat_ws(' ', care, category, region, flow, tier, ownership, care_group, district,
  facility_district, channel, person_kind, facility, fund, subject, person_group, sex, other::VARCHAR)`;

/**
 * Figures of a period by `insurance grouping values… indicator`; with ` previous`, ` change`, ` change_pct`
 * behind it those. What does not stand is null.
 */
export async function paperFigures(
  space: Workspace,
  period: string,
  wanted: readonly string[],
): Promise<Record<string, number | null>> {
  const { rows } = await queryPublished(
    space.published,
    `SELECT concat_ws(' ', insurance, "grouping", nullif(${WHERE}, ''), indicator), value, previous, change, change_pct
     FROM indicators WHERE period = '${period}'`,
  );
  const number = (v: unknown): number | null => (v === null ? null : Number(v));
  const found = new Map<string, number | null>();
  for (const [name, ...values] of rows) {
    for (const [i, form] of ["", " previous", " change", " change_pct"].entries())
      found.set(`${name}${form}`, number(values[i]));
  }
  return Object.fromEntries(wanted.map((name) => [name, found.get(name) ?? null]));
}
