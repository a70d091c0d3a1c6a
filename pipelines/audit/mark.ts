import { readFileSync, writeFileSync } from "node:fs";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { readWord, type WordParagraph } from "./document/word.js";
import type { JudgedFigure } from "./evidence/verdict.js";
import type { DocumentAudit } from "./printed.js";

const FIRST_DAY = new Date(1980, 0, 1);
const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Writes a copy of a Word document in which a comment stands at each wrong figure: what it should be, and why. */
export function markWord(path: string, out: string, audit: DocumentAudit): void {
  const bytes = readFileSync(path);
  const files = unzipSync(bytes);
  const document = readWord(bytes);
  const wrong = audit.figures.filter((f) => f.status === "differs" || f.status === "print-error");
  const existing = files["word/comments.xml"] ? strFromU8(files["word/comments.xml"]) : null;
  let id = Math.max(
    -1,
    ...[...(existing ?? "").matchAll(/<w:comment [^>]*w:id="(\d+)"/g)].map((m) => Number(m[1])),
  );
  const edits: { start: number; end: number; text: string }[] = [];
  const comments: string[] = [];
  const byRun = new Map<string, { paragraph: WordParagraph; figures: JudgedFigure[] }>();
  for (const f of wrong) {
    const paragraph = document.paragraphs[f.found.spot.anchor - 1];
    const piece = pieceAt(paragraph, f.found.spot.at);
    if (paragraph === undefined || piece === undefined) continue;
    const key = `${piece.run.start}`;
    const there = byRun.get(key) ?? { paragraph, figures: [] };
    byRun.set(key, there);
    there.figures.push(f);
  }
  for (const { paragraph, figures } of byRun.values()) {
    const [piece] = [pieceAt(paragraph, figures[0].found.spot.at)];
    if (piece === undefined) continue;
    const marks = figures.map((f) => {
      id++;
      comments.push(commentXml(id, f));
      return { id, from: f.found.spot.at - piece.at, length: f.found.printed.length };
    });
    const sole =
      document.paragraphs[paragraph.number - 1].pieces.filter((p) => p.run.start === piece.run.start)
        .length === 1;
    edits.push(
      sole
        ? { ...piece.run, text: splitRun(piece.text, piece.run.properties, marks) }
        : {
            ...piece.run,
            text: marks.reduce(
              (run, m) => around(m.id, run),
              document.xml.slice(piece.run.start, piece.run.end),
            ),
          },
    );
  }
  edits.sort((a, b) => b.start - a.start);
  let xml = document.xml;
  for (const e of edits) xml = xml.slice(0, e.start) + e.text + xml.slice(e.end);
  files["word/document.xml"] = strToU8(xml);
  if (comments.length > 0) addComments(files, existing, comments.join(""));
  writeFileSync(out, zipSync(files, { mtime: FIRST_DAY, level: 6 }));
}

const pieceAt = (paragraph: WordParagraph | undefined, at: number) =>
  paragraph?.pieces.find((p) => at >= p.at && at < p.at + p.text.length);

const around = (id: number, inner: string): string =>
  `<w:commentRangeStart w:id="${id}"/>${inner}<w:commentRangeEnd w:id="${id}"/><w:r><w:commentReference w:id="${id}"/></w:r>`;

/** A run in parts, so that a comment stands at its figure alone. */
function splitRun(
  text: string,
  properties: string,
  marks: readonly { id: number; from: number; length: number }[],
): string {
  const run = (t: string): string =>
    t === "" ? "" : `<w:r>${properties}<w:t xml:space="preserve">${escapeXml(t)}</w:t></w:r>`;
  let [made, at] = ["", 0];
  for (const m of [...marks].sort((a, b) => a.from - b.from)) {
    made += run(text.slice(at, m.from)) + around(m.id, run(text.slice(m.from, m.from + m.length)));
    at = m.from + m.length;
  }
  return made + run(text.slice(at));
}

const KINDS: Readonly<Record<string, string>> = {
  "contradicts another place": "与本文别处不一致",
  "wrong sum": "合计不符",
  "wrong quotient": "与本文数据相除不符",
  "wrong base year": "与上年基数不符",
  "swapped or lost digits": "数字颠倒或遗漏",
  direction: "增减方向相反",
  unit: "单位有误",
  rounding: "尾数有误",
  "follows from another": "由另一处错误引起",
};

function commentXml(id: number, f: JudgedFigure): string {
  const why = f.kind === null ? "与结算数据不符" : (KINDS[f.kind] ?? f.kind);
  const lines = [`应为 ${f.computed}${f.found.unit ?? ""}（${why}）`, ...(f.note === null ? [] : [f.note])];
  const body = lines
    .map((l) => `<w:p><w:r><w:t xml:space="preserve">${escapeXml(l)}</w:t></w:r></w:p>`)
    .join("");
  return `<w:comment w:id="${id}" w:author="fundpulse" w:initials="fp">${body}</w:comment>`;
}

const MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments";
const TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";

function addComments(files: Record<string, Uint8Array>, existing: string | null, comments: string): void {
  if (existing !== null) {
    files["word/comments.xml"] = strToU8(existing.replace(/<\/w:comments>\s*$/, `${comments}</w:comments>`));
    return;
  }
  files["word/comments.xml"] = strToU8(
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:comments xmlns:w="${MAIN}">${comments}</w:comments>`,
  );
  const types = strFromU8(files["[Content_Types].xml"]);
  files["[Content_Types].xml"] = strToU8(
    types.replace("</Types>", `<Override PartName="/word/comments.xml" ContentType="${TYPE}"/></Types>`),
  );
  const name = "word/_rels/document.xml.rels";
  const relations = files[name]
    ? strFromU8(files[name])
    : '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>';
  const added = `<Relationship Id="rIdFundpulseComments" Type="${RELATION}" Target="comments.xml"/>`;
  files[name] = strToU8(
    relations.includes("</Relationships>")
      ? relations.replace("</Relationships>", `${added}</Relationships>`)
      : relations.replace(/<Relationships([^>]*)\/>/, `<Relationships$1>${added}</Relationships>`),
  );
}
