import { count, type Finding, NO_DATA, percent, type Said, Sentence } from "./words.js";

export interface QualityFacts {
  readonly balanced: boolean;
  readonly share: string | null;
  /** Facilities that are late, and the names of the first. */
  readonly late: number;
  readonly lagging: readonly string[];
  readonly waiting: number;
  readonly overADay: number;
  readonly unmapped: number;
  readonly orphans: number;
  readonly verified: { readonly differences: number } | null;
  readonly received: number;
}

const NAMED = 2;

/** Whether everything that came is accounted for, who is silent, what waits, and what the recount said. */
export function qualityFinding(f: QualityFacts): Finding {
  const s = new Sentence();
  if (f.received === 0)
    return s.say(["还没有收到任何记录。", "No records have been received yet."]).finding();
  if (f.balanced)
    s.say([
      `收到的 ${count(f.received)} 条记录全部有去向`,
      `All ${count(f.received)} records received are accounted for`,
    ]);
  else s.say(["收支不平衡：有记录没有去向", "Records are not accounted for"], "critical");
  if (f.late > 0) {
    const names = f.lagging.slice(0, NAMED).join("、");
    const more = f.late > NAMED;
    s.say(
      [
        `；${count(f.late)} 家机构迟报：${names}${more ? " 等" : ""}`,
        `; ${count(f.late)} facilities are late: ${names}${more ? " and others" : ""}`,
      ],
      "watch",
    );
  } else if (f.share !== null)
    s.say([`；数据到达 ${percent(f.share)}`, `; ${percent(f.share)} of facilities are up to date`]);
  if (f.waiting > 0) {
    const old =
      f.overADay > 0
        ? [`，其中 ${count(f.overADay)} 条超过一天`, `, ${count(f.overADay)} of them for more than a day`]
        : ["", ""];
    s.say(
      [
        `；隔离区有 ${count(f.waiting)} 条待处理${old[0]}`,
        `; ${count(f.waiting)} wait in quarantine${old[1]}`,
      ],
      f.overADay > 0 ? "watch" : "plain",
    );
  }
  if (f.unmapped > 0)
    s.say(
      [`；${count(f.unmapped)} 个编码参照表中没有`, `; ${count(f.unmapped)} codes are in no table`],
      "watch",
    );
  if (f.orphans > 0)
    s.say([
      `；${count(f.orphans)} 笔退费找不到原结算`,
      `; ${count(f.orphans)} refunds without their original`,
    ]);
  if (f.verified !== null) {
    const { differences } = f.verified;
    if (differences === 0) s.say(["；最近一次独立核对没有差异", "; the last recount found no difference"]);
    else
      s.say(
        [
          `；最近一次独立核对有 ${count(differences)} 个差异`,
          `; the last recount found ${count(differences)} differences`,
        ],
        "critical",
      );
  }
  return s.say(["。", "."]).finding();
}

/** How many periods are closed, how many figures changed since, and the one that changed most. */
export function restatementsFinding(f: {
  readonly closed: number;
  /** The one that is asked about; null for all of them. */
  readonly period: string | null;
  readonly isClosed: boolean;
  readonly restated: number;
  readonly worst: { readonly name: Said; readonly period: string; readonly pct: string } | null;
}): Finding {
  const s = new Sentence();
  if (f.closed === 0) return s.say(["还没有结账的期间。", "No period is closed yet."]).finding();
  if (!f.isClosed) return s.say([`${f.period} 还没有结账。`, `${f.period} is not closed yet.`]).finding();
  if (f.period === null) s.say([`已结 ${count(f.closed)} 个期间`, `${count(f.closed)} periods are closed`]);
  else s.say([`${f.period} 已结`, `${f.period} is closed`]);
  if (f.restated === 0) return s.say(["，结账后没有变化。", ", and nothing changed since."]).finding();
  s.say(
    [`，结账后 ${count(f.restated)} 个数字有更正`, `; ${count(f.restated)} figures were restated since`],
    "strong",
  );
  if (f.worst !== null)
    s.say([
      `，变化最大的是 ${f.worst.period} ${f.worst.name[0]}（${percent(f.worst.pct)}）`,
      `, most of all ${f.worst.name[1].toLowerCase()} of ${f.worst.period} (${percent(f.worst.pct)})`,
    ]);
  return s.say(["。", "."]).finding();
}

/** How many alerts are open, by severity, and the gravest. */
export function alertsFinding(f: {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
  readonly acknowledged: number;
  readonly first: Said | null;
  readonly available: boolean;
}): Finding {
  const s = new Sentence();
  if (!f.available) return s.say(NO_DATA).finding();
  const open = f.critical + f.warning + f.info;
  if (open === 0) {
    return s
      .say(["没有未处理的预警", "No alert is open"])
      .say(
        f.acknowledged > 0
          ? [`，${count(f.acknowledged)} 条已确认。`, `; ${count(f.acknowledged)} are acknowledged.`]
          : ["。", "."],
      )
      .finding();
  }
  s.say(
    [`${count(open)} 条预警未处理`, `${count(open)} alerts are open`],
    f.critical > 0 ? "critical" : "watch",
  );
  if (f.critical > 0)
    s.say([`，其中 ${count(f.critical)} 条严重`, `, ${count(f.critical)} of them critical`], "critical");
  if (f.first !== null) s.say(["：", ": "]).say(f.first);
  return s.say(["。", "."]).finding();
}

export const reportsFinding = (f: { readonly files: number; readonly latest: string | null }): Finding =>
  new Sentence()
    .say(
      f.files === 0
        ? [
            "还没有写出的报告：`fundpulse nightly` 或 `fundpulse report` 会写到这里。",
            "No reports yet: `fundpulse nightly` and `fundpulse report` write them.",
          ]
        : [
            `共 ${count(f.files)} 份文件，最近的期间是 ${f.latest}。`,
            `${count(f.files)} files, the latest of ${f.latest}.`,
          ],
    )
    .finding();
