import type { Block, Chart, GridRow } from "./document.js";

/** A rendered report as Markdown; a chart is the table of its numbers. */
export function toMarkdown(blocks: readonly Block[]): string {
  const parts = blocks.map((block): string => {
    switch (block.kind) {
      case "title":
        return `# ${plain(block.text)}`;
      case "heading":
        return `${"#".repeat(block.level + 1)} ${plain(block.text)}`;
      case "contents":
        return `${"  ".repeat(block.level - 1)}- ${plain(block.text)}`;
      case "caption":
        return `**${plain(block.text)}**`;
      case "note":
        return `> ${plain(block.text)}`;
      case "paragraph":
        return plain(block.text);
      case "table":
        return tableText(block.rows);
      default:
        return chartText(block.chart);
    }
  });
  return `${parts.join("\n\n").replaceAll(/(\n *- .*)\n(?=\n *- )/g, "$1")}\n`;
}

const plain = (text: string): string => text.replaceAll(/([\\`*_|<>[\]])/g, "\\$1");

/** Two lines of headings become one, `group/column`. */
function tableText(rows: readonly GridRow[]): string {
  const heads = rows.filter((r) => r.head);
  const columns = Math.max(...rows.map((r) => r.cells.reduce((n, c) => n + c.columns, 0)));
  const full = spread(rows, columns);
  const head = Array.from({ length: columns }, (_, i) =>
    [...new Set(full.slice(0, heads.length).map((row) => row[i]!.text))].filter((t) => t !== "").join("/"),
  );
  const body = full.slice(heads.length);
  const right = head.map(
    (_, i) => body.length > 0 && body.every((row) => row[i]!.right || row[i]!.text === ""),
  );
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(" | ")} |`;
  return [
    line(head),
    `|${right.map((r) => (r ? " ---: " : " --- ")).join("|")}|`,
    ...body.map((row) => line(row.map((c) => c.text))),
  ].join("\n");
}

/** Every place of the grid with the cell that covers it; the text of one that covers several rows stands in each head. */
export function spread(rows: readonly GridRow[], columns: number): { text: string; right: boolean }[][] {
  const grid = rows.map(() =>
    Array.from({ length: columns }, () => null as { text: string; right: boolean } | null),
  );
  rows.forEach((row, r) => {
    let at = 0;
    for (const cell of row.cells) {
      while (grid[r]![at] !== null && at < columns) at++;
      for (let i = 0; i < cell.rows; i++) {
        for (let k = 0; k < cell.columns && at + k < columns; k++) {
          const first = i === 0 || row.head;
          if (grid[r + i]) grid[r + i]![at + k] = { text: first ? cell.text : "", right: cell.right };
        }
      }
      at += cell.columns;
    }
  });
  return grid.map((row) => row.map((c) => c ?? { text: "", right: false }));
}

function chartText({ title, categories, series }: Chart): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(" | ")} |`;
  return [
    `**${plain(title)}**`,
    "",
    line(["", ...series.map((s) => s.name)]),
    `| --- |${series.map(() => " ---: |").join("")}`,
    ...categories.map((c, i) => line([c, ...series.map((s) => String(s.values[i] ?? ""))])),
  ].join("\n");
}
