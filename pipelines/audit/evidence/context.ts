import { type InSeries, membersAt, seriesOf, wordsAt } from "./series.js";
import type { Told, ToldNumber } from "./told.js";
import type { Vocabulary } from "./vocabulary.js";
import {
  DOWN_WORDS,
  type Meant,
  OTHER_PERIOD_WORDS,
  PREVIOUS_WORDS,
  SHARE_WORDS,
  UP_WORDS,
} from "./words.js";

export type Nearness = "clause" | "sentence" | "heading";
/** What the words before a number say of its form; `other`: of a period that is not published beside it. */
export type FormCue = "up" | "down" | "previous" | "share" | "other" | null;

export interface Named {
  readonly meant: Meant;
  readonly near: Nearness;
}

/** What the words around a number say. */
export interface Context {
  /** The latest word about each dimension, and `insurance`. */
  readonly named: ReadonlyMap<string, Named>;
  readonly form: FormCue;
  /** What stands between 占 and the number: what it is a part of. */
  readonly whole: string;
  /** Dimensions of two members that the sentence names one of: where it names none, the other may be meant. */
  readonly halved: ReadonlySet<string>;
  /** Stretches of words before it, the nearest first: what it may be a figure of. */
  readonly windows: readonly string[];
  readonly list: InSeries | null;
}

/** Brackets without figures, and quotation marks, as blanks: what they hold explains, and names nothing. */
export const masked = (text: string): string =>
  text.replace(/[“”]/g, " ").replace(/[（(][^（）()\d]*[)）]/g, (m) => " ".repeat(m.length));

const HALVES: ReadonlySet<string> = new Set(["channel", "ownership", "person_group", "person_kind"]);

/** The context of each number of a sentence. */
export function contexts(told: Told, vocabulary: Vocabulary): Context[] {
  const text = masked(told.text);
  const mentions = vocabulary.mentions(text);
  const above = new Map<string, Named>();
  for (const head of told.heads)
    for (const m of vocabulary.mentions(masked(head)))
      above.set(m.about, { meant: m.meant, near: "heading" });
  if (!above.has("insurance"))
    for (const m of vocabulary.mentions(masked(told.before)))
      if (m.about === "insurance") above.set("insurance", { meant: m.meant, near: "heading" });
  const { numbers } = told;
  const beside = told.aside === undefined ? [] : vocabulary.mentions(masked(told.aside));
  const halved = new Set(
    [...mentions, ...beside].flatMap((m) => m.meant.map(([d]) => d)).filter((d) => HALVES.has(d)),
  );
  const lists = seriesOf(text, numbers);
  const earlier = vocabulary.mentions(masked(told.before));
  return numbers.map((n, i) => {
    const named = new Map(above);
    const clause = Math.max(0, ...["；", ";", "。"].map((c) => text.lastIndexOf(c, n.start - 1)));
    for (const m of mentions)
      if (m.at < n.start)
        named.set(m.about, { meant: m.meant, near: m.at >= clause ? "clause" : "sentence" });
    const list = lists[i];
    const members = list === null ? [] : membersAt(list, lists, numbers, mentions, earlier);
    for (const { about, mention } of members)
      if (mention === null) named.delete(about);
      else named.set(about, { meant: mention.meant, near: "clause" });
    // What stands before a list is said of each of its numbers.
    const told = list === null || list.bracketed ? i : list.first;
    const own = list === null || list.bracketed || members.length > 0 ? null : wordsAt(list, numbers);
    const left = `${own ?? numbers[told].left}${told === i ? "" : n.left}`;
    const windows = windowsBefore(numbers, told);
    return {
      named,
      form: formCue(n, left),
      whole: /占([^占]*)$/.exec(left)?.[1] ?? "",
      halved,
      windows: own === null ? windows : [own, ...windows.slice(1)],
      list,
    };
  });
}

function formCue(n: ToldNumber, given: string): FormCue {
  const left = masked(given);
  const tail = left.replace(/[\s（(）)、,，和及与：:了约为至到达率幅]+$/, "");
  if (OTHER_PERIOD_WORDS.some((w) => left.includes(w))) return "other";
  const longest = (words: readonly string[]): number =>
    Math.max(0, ...words.filter((w) => tail.endsWith(w)).map((w) => w.length));
  // 提高到62 % is where it has come to, no change.
  const [up, down] = /[到至]\s*$/.test(left) ? [0, 0] : [longest(UP_WORDS), longest(DOWN_WORDS)];
  if (up > 0 || down > 0) return down > up ? "down" : "up";
  if (n.sign !== null && (n.unit === "%" || /同比|较|比/.test(left))) return n.sign === "-" ? "down" : "up";
  if (/[↑▲]\s*$/.test(left)) return "up";
  if (/[↓▼]\s*$/.test(left)) return "down";
  if (PREVIOUS_WORDS.some((w) => left.includes(w)) || /20\d\d年?同期/.test(left)) return "previous";
  if (SHARE_WORDS.some((w) => left.slice(-14).includes(w))) return "share";
  if (tail.endsWith("同比") || tail.endsWith("同期")) return "previous";
  return null;
}

function windowsBefore(numbers: readonly ToldNumber[], at: number): string[] {
  const found: string[] = [];
  for (let i = at; i >= 0 && found.length < 3; i--) {
    const words = masked(numbers[i].left).replace(/\s/g, "");
    // 住院100人次 are 住院人次.
    if (/[\u4e00-\u9fff]/.test(words)) found.push(words.slice(-24) + (numbers[i].unit ?? ""));
  }
  return found;
}
