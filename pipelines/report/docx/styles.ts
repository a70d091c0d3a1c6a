/** Styles of the built-in templates: those of Chinese official documents (GB/T 9704), tables in 小五. */

interface Look {
  readonly id: string;
  readonly name: string;
  readonly font: string;
  /** Half points. */
  readonly size: number;
  readonly bold?: boolean;
  readonly align?: string;
  /** Hundredths of a character. */
  readonly indent?: number;
  readonly line?: number;
  readonly before?: number;
  readonly after?: number;
  readonly level?: number;
  readonly keepNext?: boolean;
  readonly tab?: number;
}

const FANGSONG = "仿宋";
const HEITI = "黑体";
const KAITI = "楷体";
const SONG = "宋体";
/** Twentieths of a point: the fixed 28 points between lines of an official document. */
const LINE = 560;

const PARAGRAPHS: readonly Look[] = [
  {
    id: "Title",
    name: "Title",
    font: SONG,
    size: 44,
    bold: true,
    align: "center",
    line: 720,
    before: 0,
    after: 0,
  },
  { id: "Subtitle", name: "Subtitle", font: KAITI, size: 32, align: "center", line: LINE, after: 240 },
  ...[HEITI, KAITI, FANGSONG].map(
    (font, i): Look => ({
      id: `Heading${i + 1}`,
      name: `heading ${i + 1}`,
      font,
      size: 32,
      bold: i === 2,
      indent: 200,
      line: LINE,
      before: i === 0 ? 160 : 40,
      level: i,
      keepNext: true,
    }),
  ),
  {
    id: "TableCaption",
    name: "表题",
    font: HEITI,
    size: 24,
    align: "center",
    line: 400,
    before: 160,
    after: 60,
    keepNext: true,
  },
  { id: "TableText", name: "表格文字", font: SONG, size: 18, line: 260 },
  { id: "Note", name: "附注", font: SONG, size: 18, line: 280 },
  {
    id: "ContentsTitle",
    name: "目录标题",
    font: HEITI,
    size: 36,
    align: "center",
    line: 640,
    before: 120,
    after: 240,
  },
  { id: "TOC1", name: "toc 1", font: FANGSONG, size: 28, line: 480, tab: 8845 },
  { id: "TOC2", name: "toc 2", font: FANGSONG, size: 28, line: 480, tab: 8845, indent: 200 },
  { id: "Footer", name: "footer", font: SONG, size: 28, align: "center", line: 360 },
];

const fonts = (font: string): string =>
  `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="${font}"/>`;

function paragraphStyle(look: Look): string {
  const {
    id,
    name,
    font,
    size,
    bold,
    align,
    indent,
    line = LINE,
    before = 0,
    after = 0,
    level,
    keepNext,
    tab,
  } = look;
  const fixed = id === "TableText" || id === "Note" || id === "Footer" ? "atLeast" : "exact";
  return `<w:style w:type="paragraph" w:styleId="${id}"${/[\u4e00-\u9fff]/.test(name) ? ' w:customStyle="1"' : ""}><w:name w:val="${name}"/><w:basedOn w:val="Normal"/>${level === undefined ? "" : '<w:next w:val="Normal"/>'}<w:qFormat/><w:pPr>${
    keepNext ? "<w:keepNext/>" : ""
  }${tab === undefined ? "" : `<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="${tab}"/></w:tabs>`}<w:spacing w:before="${before}" w:after="${after}" w:line="${line}" w:lineRule="${fixed}"/><w:ind w:firstLineChars="${indent ?? 0}" w:firstLine="${indent === undefined ? 0 : size * 20}"/>${
    align === undefined ? "" : `<w:jc w:val="${align}"/>`
  }${level === undefined ? "" : `<w:outlineLvl w:val="${level}"/>`}</w:pPr><w:rPr>${fonts(font)}${bold ? "<w:b/>" : '<w:b w:val="0"/>'}<w:sz w:val="${size}"/><w:szCs w:val="${size}"/></w:rPr></w:style>`;
}

const BORDER = (side: string, size = 4): string =>
  `<w:${side} w:val="single" w:sz="${size}" w:space="0" w:color="404040"/>`;

const TABLE = `<w:style w:type="table" w:styleId="ReportTable" w:customStyle="1"><w:name w:val="报表"/><w:qFormat/><w:tblPr><w:tblBorders>${["top", "left", "bottom", "right"].map((s) => BORDER(s, 8)).join("")}${BORDER("insideH")}${BORDER("insideV")}</w:tblBorders><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E7EEF5"/></w:tcPr></w:tblStylePr></w:style>`;

export const STYLES = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr>${fonts(FANGSONG)}<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:spacing w:line="${LINE}" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/></w:pPr></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>${PARAGRAPHS.map(paragraphStyle).join("")}${TABLE}</w:styles>`;
