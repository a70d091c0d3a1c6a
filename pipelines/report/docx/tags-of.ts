import { type PlacedTag, tagsIn } from "../tags/tree.js";
import { type Files, text, unescapeXml } from "./zip.js";

/** Parts whose text may hold tags, in the order in which Word shows them. */
const PARTS = /^word\/(document|header\d*|footer\d*|charts\/chart[^/]*)\.xml$/;
const SHOWN = 40;

/** The tags of a Word document, each with the paragraph that it stands in. */
export function tagsOf(files: Files): PlacedTag[] {
  const parts = [...files.keys()].filter((name) => PARTS.test(name)).sort();
  const isMain = (name: string): boolean => name === "word/document.xml";
  return [...parts.filter(isMain), ...parts.filter((n) => !isMain(n))].flatMap((part) =>
    paragraphsOf(text(files, part)).flatMap((paragraph, i) =>
      tagsIn(paragraph).map((tag) => ({ text: tag, place: placeOf(part, i + 1, paragraph) })),
    ),
  );
}

function placeOf(part: string, number: number, paragraph: string): string {
  const [, name] = PARTS.exec(part)!;
  const where = name === "document" ? "" : `${name!.replace("charts/", "")}, `;
  const shown = paragraph.length > SHOWN ? `${paragraph.slice(0, SHOWN)}…` : paragraph;
  return `${where}paragraph ${number} “${shown}”`;
}

/** Texts of all paragraphs of a part: of Word (`w:p`) or of a drawing (`a:p`). */
export function paragraphsOf(xml: string): string[] {
  return [...xml.matchAll(/<(w|a):p[ >][\s\S]*?<\/\1:p>/g)].map(([paragraph]) => textOf(paragraph));
}

export const textOf = (xml: string): string =>
  [...xml.matchAll(/<(?:w|a):t(?: [^>]*)?>([^<]*)<\/(?:w|a):t>/g)].map((m) => unescapeXml(m[1]!)).join("");
