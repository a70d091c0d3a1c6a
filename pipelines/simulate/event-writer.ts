import { AMOUNT_INDEX, Settlement } from "../../schemas/input/settlement.js";
import { Act, MS_PER_DAY, MS_PER_HOUR, type Plan } from "./arrivals.js";
import type { NamedProfile } from "./profile.js";
import { negate, type SimEvent, setAmounts } from "./write/event.js";

const PAY_LOC: Readonly<Record<string, string>> = { county: "2", city: "2", province: "3", national: "4" };
const INSUTYPE: Readonly<Record<string, string>> = {
  resident: "390",
  employee: "310",
  maternity_fund: "510",
};

/** Writes the record of an act of a bill; one settlement used again and again. */
export class EventWriter {
  readonly #s = new Settlement();
  readonly #event: SimEvent = { stream: "settlement", record: this.#s };

  constructor(readonly profile: NamedProfile) {}

  write(plan: Plan, b: number, act: Act, at: number): SimEvent {
    const s = this.#s;
    this.#bill(plan, b, at);
    switch (act) {
      case Act.Refund:
        negate(s, `${s.setl_id}R`, at + MS_PER_HOUR);
        break;
      case Act.Again:
        s.setl_id += "N";
        s.setl_time = at + 2 * MS_PER_HOUR;
        s.updt_time = s.setl_time;
        break;
      case Act.Wrong:
        this.#larger();
        break;
      case Act.Right:
        s.updt_time = at + 12 * MS_PER_HOUR;
        break;
      case Act.MidStay:
        this.#part(s, true);
        s.setl_time = at - MS_PER_HOUR;
        s.updt_time = s.setl_time;
        break;
      case Act.Final:
        this.#part(s, false);
        break;
      case Act.Void:
      case Act.VoidOff:
        s.setl_id += "V";
        s.setl_time = at + MS_PER_HOUR;
        s.updt_time = s.setl_time + (act === Act.VoidOff ? 23 * MS_PER_HOUR : 0);
        s.vali_flag = act === Act.VoidOff ? "0" : "1";
        break;
      case Act.Held:
        s.setl_id += "H";
        s.vali_flag = "2";
        break;
      case Act.Bad:
        s.setl_id += "B";
        this.#corrupt(b);
        break;
      case Act.Inbound:
        s.setl_id += "I";
        s.mdtrt_id += "I";
        s.psn_no = `9${s.psn_no}`;
        s.insu_admdvs = INBOUND_FROM[b % INBOUND_FROM.length];
        s.pay_loc = s.insu_admdvs.startsWith(this.profile.jurisdiction.admdvs.slice(0, 2)) ? "3" : "4";
        break;
      default:
    }
    return this.#event;
  }

  #bill(plan: Plan, b: number, at: number): void {
    const { profile } = this;
    const s = this.#s;
    const k = b - plan.first;
    const { tokens } = plan.cell;
    const facility = plan.facilities[hash(b) % plan.facilities.length];
    const insurance = tokens.has("resident")
      ? "resident"
      : tokens.has("employee")
        ? "employee"
        : "maternity_fund";
    const person = plan.persons[plan.bills.head[k]];
    s.clear();
    s.setl_id = `${profile.jurisdiction.admdvs}S${String(b).padStart(9, "0")}`;
    s.mdtrt_id = `${profile.jurisdiction.admdvs}M${String(b).padStart(9, "0")}`;
    s.setl_time = at;
    s.updt_time = at;
    s.vali_flag = "1";
    s.refd_setl_flag = "0";
    s.psn_no = `${profile.jurisdiction.admdvs}${INSUTYPE[insurance]}${String(person).padStart(8, "0")}`;
    s.insutype = INSUTYPE[insurance];
    s.psn_type = personType(insurance, person);
    s.insu_admdvs = profile.jurisdiction.admdvs;
    s.fixmedins_code = facility.code;
    s.fix_blng_admdvs = facility.admdvs;
    s.hosp_lv = facility.hosp_lv;
    s.med_type = plan.category.med_type;
    const place = facility.tokens.find((t) => t in PAY_LOC)!;
    s.pay_loc = PAY_LOC[place];
    const manual =
      tokens.has("manual") || (!tokens.has("direct") && place === "national" && hash(b + 7) % 40 === 0);
    s.setl_type = manual ? "1" : "2";
    s.clr_way =
      plan.category.token === "single" ? "20" : tokens.has("inpatient") && place === "county" ? "30" : "10";
    const days = plan.bills.days[k];
    if (days > 0) {
      const day = Math.floor((at + 8 * MS_PER_HOUR) / MS_PER_DAY);
      s.begndate = day - days;
      s.enddate = day;
      s.ipt_days = days;
    }
    const { fee, inScope, pool, critical, large, aid, account } = plan.bills;
    setAmounts(s, fee[k], inScope[k], pool[k], critical[k], large[k], aid[k], account[k]);
  }

  /** An earlier version of the bill with a fee that was too high by a hundred yuan. */
  #larger(): void {
    const a = this.#s.amounts;
    for (const name of ["medfee_sumamt", "psn_cash_pay", "fulamt_ownpay_amt"] as const) {
      a[AMOUNT_INDEX[name]] += 10_000;
    }
  }

  /** Half of a stay that was billed in the middle, or the rest of it; together they are the bill. */
  #part(s: Settlement, mid: boolean): void {
    const [fee, inScope, pool, account] = (
      ["medfee_sumamt", "inscp_scp_amt", "hifp_pay", "acct_pay"] as const
    ).map((name) => {
      const whole = s.amounts[AMOUNT_INDEX[name]];
      return mid ? Math.floor(whole / 2) : whole - Math.floor(whole / 2);
    });
    setAmounts(s, fee, inScope, pool, 0, 0, 0, account);
    if (mid) {
      s.setl_id += "M";
      s.mid_setl_flag = "1";
    }
  }

  /** Breaks one rule, each a reason for the quarantine. */
  #corrupt(b: number): void {
    const s = this.#s;
    const elsewhere = this.profile.facilities.find((f) => f.tokens.includes("province"))!;
    switch (b % 7) {
      case 0:
        s.amounts[AMOUNT_INDEX.medfee_sumamt] += 1;
        break;
      case 1:
        s.med_type = "ZZ";
        break;
      case 2:
        s.insutype = "999";
        break;
      case 3:
        s.psn_no = "";
        break;
      case 4:
        s.setl_time -= 10 * 365 * MS_PER_DAY;
        break;
      case 5:
        for (let i = 0; i < s.amounts.length; i++) s.amounts[i] = 0 - s.amounts[i];
        break;
      default:
        s.insu_admdvs = "110105";
        s.fixmedins_code = elsewhere.code;
        s.fix_blng_admdvs = elsewhere.admdvs;
    }
  }
}

const INBOUND_FROM = ["620702", "620722", "620302", "630104", "110105", "650102"];

function hash(n: number): number {
  const h = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 12)) >>> 0;
}

function personType(insurance: string, person: number): string {
  if (insurance === "resident") return ["1501", "1501", "1403", "1601"][person % 4];
  return person % 3 === 0 ? "1201" : "1101";
}
