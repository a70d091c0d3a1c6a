import { R } from "./city.js";
import { line, type Paper, usualColumns } from "./paper.js";

/** By category. */
export function categoryTables(p: Paper): void {
  const { writer } = p;
  const c = usualColumns(p.writer);
  const { column } = c;
  const categories = (...names: string[]) => names.map((category) => line({ category }, { category }));
  p.table(
    "resident.inpatient.by_category",
    "居民住院类别情况",
    "resident",
    { category: "类别" },
    [c.times, c.pool],
    R,
    [
      ...categories("普通住院", "单病种住院", "外伤住院", "康复住院"),
      line({ category: "合计" }, {}, "total"),
    ],
  );
  p.table(
    "employee.outpatient.by_category",
    "职工门诊类别情况",
    "employee",
    { category: "类别" },
    [c.times, c.fee, c.pool],
    { insurance: "employee", care: "outpatient" },
    [
      ...categories("门诊统筹", "门诊慢特病", "急诊抢救", "精神病门诊", "单独支付药品"),
      line({ category: "合计" }, {}, "total"),
    ],
  );
  p.table(
    "employee.maternity.by_category",
    "生育待遇情况",
    "employee",
    { category: "类别" },
    [c.times, c.pool],
    { insurance: "employee" },
    categories("生育门诊", "生育住院"),
  );
  p.table(
    "resident.fund_spend.structure",
    "居民支出结构",
    "resident",
    { category: "类别" },
    [column("fund_spend_wan", "支出", "万元", (t) => writer.wan(t.pool, 4))],
    { insurance: "resident" },
    [
      ...categories(
        "普通住院",
        "单病种住院",
        "外伤住院",
        "康复住院",
        "门诊统筹",
        "门诊慢特病",
        "急诊抢救",
        "精神病门诊",
        "单独支付药品",
      ),
      line({ category: "合计" }, {}, "total"),
    ],
  );
}
