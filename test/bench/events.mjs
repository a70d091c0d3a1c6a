import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "./built.mjs";
import { runChild } from "./measure.mjs";

/** The jurisdiction and care groups under which the chain runs and the recount counts. */
export const WORLD = {
  jurisdiction: { name: "山丹县", admdvs: "620725", level: "county" },
  careGroups: [
    { name: "市域外", when: { region: ["province", "national"] } },
    { name: "县外市域内", when: { region: ["city"] } },
    { name: "县二级", when: { tier: ["2", "3"] } },
    { name: "县一级民营", when: { ownership: ["private"] } },
    { name: "乡镇级" },
  ],
};

/** About five bills a person and year, as in a county; three hundred facilities. */
export const profileOf = ({ events, months, firstMonth, ids }) => ({
  events,
  months,
  firstMonth,
  ids,
  persons: Math.max(500, Math.round((events / months) * 2.4)),
  facilities: 300,
});

/**
 * The events of a profile as files, made once and kept: `inbox` for the chain (Avro), `avro` its settlement
 * file; with `rows` also `ndjson` and `parquet` for the recount.
 */
export async function eventFiles(root, profile, { rows = false } = {}) {
  const hash = createHash("sha256").update(JSON.stringify(profile));
  for (const part of [
    "pipelines/simulate/free.js",
    "pipelines/simulate/write/folder.js",
    "schemas/input/streams.js",
  ]) {
    hash.update(readFileSync(join(process.env.FUNDPULSE_BENCH_BUILT, "dist", part)));
  }
  const name = `${profile.ids}-${profile.events}x${profile.months}-${hash.digest("hex").slice(0, 8)}`;
  const dir = join(root, "events", name);
  if (!existsSync(join(dir, "done"))) {
    rmSync(dir, { recursive: true, force: true });
    await writeEvents(profile, join(dir, "inbox"), "avro");
    writeFileSync(join(dir, "done"), "");
  }
  const files = {
    dir,
    inbox: join(dir, "inbox"),
    avro: join(dir, "inbox", "settlement-000001.avro"),
    ndjson: join(dir, "rows", "settlement-000001.ndjson"),
    facilities: join(dir, "rows", "facility-000001.ndjson"),
    parquet: join(dir, "settlement.parquet"),
  };
  if (rows && !existsSync(files.parquet)) {
    rmSync(join(dir, "rows"), { recursive: true, force: true });
    await writeEvents(profile, join(dir, "rows"), "ndjson");
    await runChild("parquet", { from: files.ndjson, to: `${files.parquet}.part` });
    renameSync(`${files.parquet}.part`, files.parquet);
  }
  return { ...files, avroBytes: statSync(files.avro).size };
}

async function writeEvents(profile, dir, format) {
  const { FREE_DEFAULTS, freeEvents } = await built("pipelines/simulate/free.js");
  const { FolderWriter } = await built("pipelines/simulate/write/folder.js");
  const { ZoneCalendar } = await built("aggregations/calendar.js");
  const writer = new FolderWriter(dir, { format });
  const calendar = new ZoneCalendar("Asia/Shanghai");
  for (const event of freeEvents({ ...FREE_DEFAULTS, ...profile }, 1, calendar)) writer.write(event);
  writer.close();
}

/**
 * Settlements that come after those of `profile`: all of its last month but one in twenty, settled up to
 * 60 days before. Their ids are new.
 */
export async function* laterEvents(profile, events, tag) {
  const { FREE_DEFAULTS, freeEvents } = await built("pipelines/simulate/free.js");
  const { ZoneCalendar } = await built("aggregations/calendar.js");
  const [year, month] = profile.firstMonth.split("-").map(Number);
  const last = year * 12 + month - 1 + profile.months - 1;
  const firstMonth = `${Math.floor(last / 12)}-${String((last % 12) + 1).padStart(2, "0")}`;
  const one = { ...FREE_DEFAULTS, ...profile, events, months: 1, firstMonth, late: 0 };
  for (const event of freeEvents(one, 7, new ZoneCalendar("Asia/Shanghai"))) {
    if (event.stream !== "settlement") continue;
    const s = event.record;
    // By id, so that later versions and duplicates of a bill stay what they are.
    const digest = createHash("md5").update(s.setl_id).digest();
    if (digest[0] < 13 && s.init_setl_id === "") s.setl_time -= (digest[1] % 60) * 86_400_000;
    const before = [s.setl_id, s.init_setl_id];
    s.setl_id = tag + s.setl_id;
    if (s.init_setl_id !== "") s.init_setl_id = tag + s.init_setl_id;
    yield event;
    [s.setl_id, s.init_setl_id] = before;
  }
}

/** Puts later events into an inbox as one file. */
export async function addLater(inbox, profile, events, tag) {
  const { FolderWriter } = await built("pipelines/simulate/write/folder.js");
  mkdirSync(inbox, { recursive: true });
  const writer = new FolderWriter(inbox, { format: "avro" });
  writer.label(`later-${tag}`);
  for await (const event of laterEvents(profile, events, tag)) writer.write(event);
  writer.close();
}
