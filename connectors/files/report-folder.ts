import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cellText } from "./cell-text.js";
import { csvText } from "./csv.js";
import { makeFolder, PUBLIC_FOLDER, writePublicFile } from "./modes.js";

/** A printed table with the headings and texts as they are to be read. */
export interface PrintedSheet {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly string[];
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly unknown[])[];
}

interface Draft {
  readonly folder: string;
  readonly parts: string[];
  tables: number;
}

/**
 * Folders of printed tables, one a period. A folder appears under its name when it is whole; one that was left
 * half-written is made again.
 */
export class ReportFolder {
  readonly #drafts = new Map<string, Draft>();

  constructor(private readonly root: string) {}

  /** Whether its tables stand there; a report of the period alone may have made the folder. */
  has(period: string): boolean {
    return existsSync(join(this.root, period, `${period}.md`));
  }

  begin(period: string, about: { readonly title: string; readonly note: string }): void {
    const folder = join(this.root, `.${period}.next`);
    rmSync(folder, { recursive: true, force: true });
    makeFolder(folder, PUBLIC_FOLDER);
    this.#drafts.set(period, { folder, parts: [`# ${about.title}\n\n${about.note}\n`], tables: 0 });
  }

  /** Adds a table as a CSV file of its own and to the Markdown file. */
  add(period: string, sheet: PrintedSheet): void {
    const draft = this.#drafts.get(period)!;
    draft.tables++;
    writePublicFile(
      join(draft.folder, `${fileName(sheet.name)}.csv`),
      csvText([sheet.columns, ...sheet.rows], "excel"),
    );
    draft.parts.push(markdownText(sheet));
  }

  /** Puts the folder in its place. */
  finish(period: string): { readonly folder: string; readonly tables: number } {
    const draft = this.#drafts.get(period)!;
    this.#drafts.delete(period);
    writePublicFile(join(draft.folder, `${period}.md`), draft.parts.join("\n"));
    const folder = join(this.root, period);
    if (existsSync(folder)) {
      // The file that says they are whole comes last.
      const names = readdirSync(draft.folder).sort(
        (a, b) => Number(a.endsWith(".md")) - Number(b.endsWith(".md")),
      );
      for (const name of names) renameSync(join(draft.folder, name), join(folder, name));
      rmSync(draft.folder, { recursive: true });
    } else renameSync(draft.folder, folder);
    return { folder, tables: draft.tables };
  }
}

function markdownText({ name, comment, columns, numeric, rows }: PrintedSheet): string {
  const cell = (value: unknown): string => cellText(value).replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
  const line = (cells: readonly unknown[]): string => `| ${cells.map(cell).join(" | ")} |`;
  const rule = `|${numeric.map((n) => (n ? " ---: |" : " --- |")).join("")}`;
  return [
    `## ${name}`,
    "",
    ...(comment === "" || comment === name ? [] : [comment, ""]),
    line(columns),
    rule,
    ...rows.map(line),
    "",
  ].join("\n");
}

/** A table's name as a file name on every system. */
const fileName = (name: string): string => name.replaceAll(/[\\/:*?"<>|\s]/g, "_");
