import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

/** The files of an Office package by their path. */
export type Files = Map<string, Uint8Array>;

/** First day that a zip archive can name: equal files give equal archives. */
const DATE = new Date(1980, 0, 1);
const FIRST = ["[Content_Types].xml", "_rels/.rels"];

export const unzip = (bytes: Uint8Array): Files => new Map(Object.entries(unzipSync(bytes)));

/** An archive whose bytes follow from the files alone; packages inside it are packed the same way. */
export function zip(files: Files): Uint8Array {
  const rank = (name: string): string => `${FIRST.includes(name) ? FIRST.indexOf(name) : 9}${name}`;
  const names = [...files.keys()]
    .filter((n) => !n.endsWith("/"))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const entries = names.map((name) => {
    const bytes = files.get(name)!;
    return [name, /\.(xlsx|docx)$/.test(name) ? zip(unzip(bytes)) : bytes] as const;
  });
  return zipSync(Object.fromEntries(entries), { mtime: DATE, level: 6, os: 0 });
}

export const text = (files: Files, name: string): string => strFromU8(files.get(name) ?? new Uint8Array());
export const setText = (files: Files, name: string, content: string): void => {
  files.set(name, strToU8(content));
};

export const escapeXml = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const unescapeXml = (value: string): string =>
  value
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)))
    .replaceAll("&amp;", "&");
