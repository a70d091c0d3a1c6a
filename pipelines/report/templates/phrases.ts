/** Phrases that the built-in templates share. A figure is written as in a tag: `人次|居民|报表住院`. */

/** “比上年同期 … 增加 …，增长 …%”, “与上年同期持平”, or nothing where last year is not known. */
export const compared = (figure: string, unit: string, suffix = ""): string =>
  `{?可比 ${figure}}{?变 ${figure}}，比上年同期{上年 ${figure}${suffix}}${unit}{增减词 ${figure}${suffix}}{增减 ${figure}${suffix}}${unit}，{同比词 ${figure}}{增幅 ${figure}}%{/}{?持平 ${figure}}，与上年同期持平{/}{/}`;

/** The same of a ratio, in percentage points. */
export const comparedRate = (figure: string): string =>
  `{?变 ${figure}}，比上年同期{上年 ${figure}}%{升降词 ${figure}}{增减 ${figure}}个百分点{/}{?持平 ${figure}}，与上年同期持平{/}`;

/** Only the growth, for where the figure itself has just been said. */
export const grown = (figure: string): string =>
  `{?可比 ${figure}}{?变 ${figure}}，同比{同比词 ${figure}}{增幅 ${figure}}%{/}{?持平 ${figure}}，同比持平{/}{/}`;

export const grownRate = (figure: string): string =>
  `{?变 ${figure}}，同比{升降词 ${figure}}{增减 ${figure}}个百分点{/}{?持平 ${figure}}，同比持平{/}`;
