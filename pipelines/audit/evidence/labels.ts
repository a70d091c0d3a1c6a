import { bare } from "../document/model.js";
import { masked } from "./context.js";
import type { Vocabulary } from "./vocabulary.js";

/** What a label names: for each dimension, and `insurance`, the members that it may mean; `whole` where it says no more. */
export type LabelMembers = ReadonlyMap<string, ReadonlySet<string>>;

const TOTAL = /^(合计|小计|总计|共计|总数|全[县市省区州旗]|[县市]本?级?合计|.{0,6}(合计|小计|总计))$/;
export const isTotal = (label: string): boolean => TOTAL.test(bare(label).replace(/^.*\//, ""));
export const isSubtotal = (label: string): boolean => /小计$/.test(bare(label));

/** Reads labels of rows and columns; approximate names of facilities count. */
export class Labels {
  readonly #read = new Map<string, LabelMembers>();

  constructor(private readonly vocabulary: Vocabulary) {}

  of(label: string): LabelMembers {
    const key = bare(label);
    const known = this.#read.get(key);
    if (known) return known;
    const members = new Map<string, Set<string>>();
    const mentions = this.vocabulary.mentions(masked(key));
    for (const { meant } of mentions)
      for (const [d, m] of meant) members.set(d, (members.get(d) ?? new Set()).add(m));
    if (mentions.length === 1 && mentions[0].text === key.replace(/(医疗)?(费用|费|支出|待遇)$/, ""))
      members.set("whole", new Set([key]));
    const facility = this.#facility(key);
    if (facility !== null) members.set("facility", new Set([facility]));
    this.#read.set(key, members);
    return members;
  }

  /** Remembers what a label was found to mean by the figures beside it. */
  learn(label: string, dimension: string, member: string): void {
    const members = new Map(this.of(label));
    members.set(dimension, new Set([member]));
    this.#read.set(bare(label), members);
  }

  #facility(label: string): string | null {
    if (/级医疗机构|合计|小计/.test(label) || label.length < 3) return null;
    const { facilities, place } = this.vocabulary;
    const short = (name: string): string =>
      bare(name)
        .replace(/[（()）]/g, "")
        .replace(place, "");
    const given = short(label);
    let best: string | null = null;
    let most = 0.6;
    for (const { code, name } of facilities) {
      const likeness = ratio(given, short(name));
      if (likeness > most || (likeness === most && best === null)) [most, best] = [likeness, code];
    }
    return best;
  }
}

/** Twice the length of the longest common subsequence, over both lengths. */
function ratio(a: string, b: string): number {
  if (a === b) return 1;
  if (a === "" || b === "" || (2 * Math.min(a.length, b.length)) / (a.length + b.length) < 0.6) return 0;
  let row = new Uint16Array(b.length + 1);
  for (const c of a) {
    const next = new Uint16Array(b.length + 1);
    for (let j = 0; j < b.length; j++) next[j + 1] = c === b[j] ? row[j] + 1 : Math.max(row[j + 1], next[j]);
    row = next;
  }
  return (2 * row[b.length]) / (a.length + b.length);
}
