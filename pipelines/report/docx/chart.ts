import { strToU8 } from "fflate";
import { escapeXml, type Files, setText, zip } from "./zip.js";

/** `columns` are bars without their numbers, for many of them. */
export type ChartType = "bar" | "columns" | "line" | "pie";

/** Colours that stay apart in print and for colour-blind readers. */
const COLOURS = ["2F6690", "D98E04", "6A994E", "BC4749", "7B6D8D", "81B1CC", "9A8C98", "3A5A40"];

const NAMESPACES =
  'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const FONT = '<a:latin typeface="Times New Roman"/><a:ea typeface="宋体"/>';
const textStyle = (size: number): string =>
  `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="${size}">${FONT}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`;
const fill = (i: number): string =>
  `<a:solidFill><a:srgbClr val="${COLOURS[i % COLOURS.length]}"/></a:solidFill>`;

/** A chart to be filled: its title holds the tag, its workbook the numbers that somebody may edit in Word. */
export function addChart(files: Files, number: number, type: ChartType, title: string): void {
  const sheet = "Sheet1";
  const series = (type === "pie" ? [0] : [0, 1]).map((i) => placeholder(type, sheet, i));
  const labels = `<c:dLbls>${textStyle(type === "pie" ? 900 : 750)}<c:showLegendKey val="0"/><c:showVal val="${type === "bar" || type === "line" ? 1 : 0}"/><c:showCatName val="${type === "pie" ? 1 : 0}"/><c:showSerName val="0"/><c:showPercent val="${type === "pie" ? 1 : 0}"/><c:showBubbleSize val="0"/><c:separator> </c:separator>${type === "pie" ? '<c:showLeaderLines val="1"/>' : ""}</c:dLbls>`;
  const plot =
    type === "pie"
      ? `<c:pieChart><c:varyColors val="1"/>${series.join("")}${labels}<c:firstSliceAng val="0"/></c:pieChart>`
      : type !== "line"
        ? `<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>${series.join("")}${labels}<c:gapWidth val="80"/><c:axId val="111"/><c:axId val="112"/></c:barChart>${AXES}`
        : `<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>${series.join("")}${labels}<c:marker val="1"/><c:axId val="111"/><c:axId val="112"/></c:lineChart>${AXES}`;
  const legend =
    type === "pie" ? "" : `<c:legend><c:legendPos val="b"/><c:overlay val="0"/>${textStyle(900)}</c:legend>`;
  setText(
    files,
    `word/charts/chart${number}.xml`,
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace ${NAMESPACES}><c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1200" b="1">${FONT}</a:defRPr></a:pPr><a:r><a:rPr lang="zh-CN" sz="1200" b="1">${FONT}</a:rPr><a:t>${escapeXml(title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>${plot}</c:plotArea>${legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr><c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>`,
  );
  setText(
    files,
    `word/charts/_rels/chart${number}.xml.rels`,
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" Target="../embeddings/chart${number}.xlsx"/></Relationships>`,
  );
  files.set(`word/embeddings/chart${number}.xlsx`, workbook(sheet));
}

const AXES = `<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>${textStyle(900)}<c:crossAx val="112"/><c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/></c:catAx><c:valAx><c:axId val="112"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>${textStyle(900)}<c:crossAx val="111"/><c:crosses val="autoZero"/></c:valAx>`;

/** A series as it stands before it is filled; its look stays. */
function placeholder(type: ChartType, sheet: string, i: number): string {
  const column = String.fromCharCode(66 + i);
  const look =
    type === "pie"
      ? ""
      : type === "line"
        ? `<c:spPr><a:ln w="28575" cap="rnd">${fill(i)}<a:round/></a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="6"/><c:spPr>${fill(i)}</c:spPr></c:marker>`
        : `<c:spPr>${fill(i)}</c:spPr><c:invertIfNegative val="0"/>`;
  const points =
    type === "pie"
      ? COLOURS.map(
          (_, n) => `<c:dPt><c:idx val="${n}"/><c:bubble3D val="0"/><c:spPr>${fill(n)}</c:spPr></c:dPt>`,
        ).join("")
      : "";
  return `<c:ser><c:idx val="${i}"/><c:order val="${i}"/><c:tx><c:strRef><c:f>${sheet}!$${column}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>${i + 1}</c:v></c:pt></c:strCache></c:strRef></c:tx>${look}${points}<c:cat><c:strRef><c:f>${sheet}!$A$2:$A$3</c:f><c:strCache><c:ptCount val="2"/><c:pt idx="0"><c:v>一</c:v></c:pt><c:pt idx="1"><c:v>二</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>${sheet}!$${column}$2:$${column}$3</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="2"/><c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="1"><c:v>2</c:v></c:pt></c:numCache></c:numRef></c:val>${type === "line" ? '<c:smooth val="0"/>' : ""}</c:ser>`;
}

/**
 * A filled chart whose bars begin at 0, unless its template set where the axis begins or a number is negative: left
 * alone, Word and LibreOffice cut the axis off where the bars are alike, and a bar's length says nothing any more.
 */
export function barsFromZero(chart: string): string {
  if (!chart.includes("<c:barChart>") || /<c:v>-/.test(chart)) return chart;
  return chart.replace(/<c:valAx>(?:(?!<\/c:valAx>)[\s\S])*?<\/c:scaling>/g, (axis) =>
    axis.includes("<c:min ") ? axis : axis.replace("</c:scaling>", '<c:min val="0"/></c:scaling>'),
  );
}

/** The chart's own workbook; whoever fills the chart fills it too. */
function workbook(sheet: string): Uint8Array {
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const packages = "http://schemas.openxmlformats.org/package/2006";
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const parts: Record<string, string> = {
    "[Content_Types].xml": `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${type}.sharedStrings+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    "xl/sharedStrings.xml": `<sst xmlns="${main}" count="0" uniqueCount="0"/>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><dimension ref="A1:B3"/><sheetData><row r="1"><c r="A1"><v>0</v></c></row></sheetData></worksheet>`,
  };
  return zip(new Map(Object.entries(parts).map(([name, xml]) => [name, strToU8(head + xml)])));
}
