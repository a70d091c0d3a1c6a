import { escapeXml } from "../docx/zip.js";
import type { Block, GridRow } from "./document.js";
import { chartSvg } from "./svg.js";

const STYLE = `body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:16px/1.8 "FangSong","Noto Serif CJK SC",serif;color:#1a1a1a}
h1{text-align:center;font-size:1.6rem;margin:.2rem 0}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1.1rem}h4{font-size:1rem}
p{text-indent:2em;margin:.4rem 0}nav p,p.note{text-indent:0}p.note{font-size:.85rem;color:#555}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font:13px/1.5 sans-serif;font-variant-numeric:tabular-nums}
caption,p.caption{font-weight:bold;text-align:center;text-indent:0;margin:1rem 0 .3rem}th,td{border:1px solid #999;padding:.15rem .4rem}
th{background:#e7eef5}td.n{text-align:right;white-space:nowrap}figure{margin:1.5rem 0}figcaption{text-align:center;font-weight:bold}
svg{width:100%;height:auto;font:12px sans-serif}a{color:inherit}@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}`;

/** A rendered report as one page that needs nothing else: style and charts are in it. */
export function toHtml(blocks: readonly Block[]): string {
  const title = blocks.flatMap((b) => (b.kind === "title" ? [b.text] : []));
  let headings = 0;
  let contents = 0;
  const body = blocks.map((block): string => {
    switch (block.kind) {
      case "title":
        return `<h1>${escapeXml(block.text)}</h1>`;
      case "heading":
        return `<h${block.level + 1} id="h${++headings}">${escapeXml(block.text)}</h${block.level + 1}>`;
      case "contents":
        return `<p class="caption" style="text-align:left;font-weight:normal;padding-left:${block.level - 1}em"><a href="#h${idOf(blocks, contents++)}">${escapeXml(block.text)}</a></p>`;
      case "caption":
      case "note":
        return `<p class="${block.kind}">${escapeXml(block.text)}</p>`;
      case "paragraph":
        return `<p>${escapeXml(block.text)}</p>`;
      case "table":
        return `<div class="scroll">${tableHtml(block.rows)}</div>`;
      default:
        return `<figure>${chartSvg(block.chart)}<figcaption>${escapeXml(block.chart.title)}</figcaption></figure>`;
    }
  });
  return `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(title.join(""))}</title><style>${STYLE}</style></head><body>\n${body.join("\n")}\n</body></html>\n`;
}

/** Number of the heading that a line of the table of contents means: the n-th of the first two levels. */
function idOf(blocks: readonly Block[], n: number): number {
  const headings = blocks.flatMap((b) => (b.kind === "heading" ? [b] : []));
  const listed = headings.flatMap((h, i) => (h.level <= 2 ? [i + 1] : []));
  return listed[n] ?? 1;
}

function tableHtml(rows: readonly GridRow[]): string {
  const row = ({ head, cells }: GridRow): string =>
    `<tr>${cells
      .map((c) => {
        const tag = head ? "th" : "td";
        const spans = `${c.columns > 1 ? ` colspan="${c.columns}"` : ""}${c.rows > 1 ? ` rowspan="${c.rows}"` : ""}`;
        return `<${tag}${spans}${!head && c.right ? ' class="n"' : ""}>${escapeXml(c.text)}</${tag}>`;
      })
      .join("")}</tr>`;
  const heads = rows.filter((r) => r.head);
  const body = rows.filter((r) => !r.head);
  return `<table>${heads.length > 0 ? `<thead>${heads.map(row).join("")}</thead>` : ""}<tbody>${body.map(row).join("")}</tbody></table>`;
}
