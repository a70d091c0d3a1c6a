import { textOf } from "./tags-of.js";
import { escapeXml } from "./zip.js";

/** Where the table of contents goes: what `{目录}` leaves behind in the rendered text. */
export const CONTENTS_MARK = "\u2063目录\u2063";

interface Heading {
  readonly level: number;
  readonly text: string;
  readonly bookmark: string;
}

/**
 * Fills the table of contents: a line for each heading with its page, as a field that Word keeps up to date.
 * `styles` says which paragraph styles are headings, and of which level.
 */
export function fillContents(document: string, styles: ReadonlyMap<string, number>, levels = 2): string {
  if (!document.includes(CONTENTS_MARK)) return document;
  const headings: Heading[] = [];
  const marked = document.replaceAll(/<w:p[ >](?:(?!<\/w:p>)[\s\S])*<\/w:p>/g, (paragraph) => {
    const style = /<w:pStyle w:val="([^"]*)"/.exec(paragraph)?.[1] ?? "";
    const level = styles.get(style);
    const text = textOf(paragraph).trim();
    if (level === undefined || level > levels || text === "" || text.includes(CONTENTS_MARK))
      return paragraph;
    const id = headings.length + 1;
    const bookmark = `_Toc${String(900000 + id)}`;
    headings.push({ level, text, bookmark });
    const at = paragraph.indexOf("<w:r>") >= 0 ? paragraph.indexOf("<w:r>") : paragraph.indexOf("<w:r ");
    const end = paragraph.lastIndexOf("</w:p>");
    return `${paragraph.slice(0, at)}<w:bookmarkStart w:id="${900000 + id}" w:name="${bookmark}"/>${paragraph.slice(at, end)}<w:bookmarkEnd w:id="${900000 + id}"/>${paragraph.slice(end)}`;
  });
  const field = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  const code = (text: string): string =>
    `<w:r><w:instrText xml:space="preserve"> ${text} </w:instrText></w:r>`;
  const lines = headings.map(({ level, text, bookmark }) => {
    return `<w:p><w:pPr><w:pStyle w:val="TOC${level}"/></w:pPr><w:hyperlink w:anchor="${bookmark}" w:history="1"><w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r><w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>${code(`PAGEREF ${bookmark} \\h`)}${field("separate")}<w:r><w:t>1</w:t></w:r>${field("end")}</w:hyperlink></w:p>`;
  });
  const mark = new RegExp(`<w:p[ >](?:(?!</w:p>)[\\s\\S])*${CONTENTS_MARK}(?:(?!</w:p>)[\\s\\S])*</w:p>`);
  return marked.replace(mark, () => lines.join(""));
}

/** Levels of the heading styles of a document, by style id. */
export function headingStyles(styles: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, id, body] of styles.matchAll(
    /<w:style [^>]*w:styleId="([^"]*)"[^>]*>([\s\S]*?)<\/w:style>/g,
  )) {
    const name = /<w:name w:val="heading (\d)"/i.exec(body!)?.[1];
    if (name !== undefined) found.set(id!, Number(name));
  }
  return found;
}
