import { realpathSync } from "node:fs";
import { isIP } from "node:net";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { isMunicipal } from "../../aggregations/dimensions/region.js";
import type { Config } from "../../schemas/config/schema.js";
import { STREAM_NAMES, STREAMS } from "../../schemas/input/streams.js";
import { alertRules } from "./alerts.js";
import type { Finding } from "./problems.js";
import { reportRules } from "./report.js";
import { reservedKeys } from "./reserved.js";

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Rules that concern several keys at once. `raw` is the file as written, to tell defaults apart. */
export function configRules(config: Config, raw: Readonly<Record<string, unknown>>, file = ""): Finding[] {
  return [
    ...groupings(config, raw),
    ...insurances(config),
    ...servers(config),
    ...careGroups(config),
    ...jurisdiction(config),
    ...places(config, file),
    ...kafka(config),
    ...flink(config),
    ...fieldNames(config),
    ...reportRules(config),
    ...alertRules(config, raw.alerts !== undefined),
    ...reservedKeys(config),
  ];
}

function groupings(config: Config, raw: Readonly<Record<string, unknown>>): Finding[] {
  const known = new Set(config.groupings);
  const dayGiven = (raw.periods as Record<string, unknown> | null | undefined)?.dayGroupings !== undefined;
  const lists: [readonly string[], readonly string[], boolean][] = [
    [["personGroupings"], config.personGroupings, raw.personGroupings !== undefined],
    [["periods", "dayGroupings"], config.periods.dayGroupings, dayGiven],
  ];
  return lists.flatMap(([keys, list, given]) =>
    list.flatMap((grouping, i): Finding[] =>
      !given || known.has(grouping)
        ? []
        : [
            {
              kind: "problem",
              keys: [...keys, i],
              message: `${grouping} is not one of \`groupings\`, so it would have no other figures; add it there too`,
              touches: ["groupings", keys[0]],
            },
          ],
    ),
  );
}

function insurances(config: Config): Finding[] {
  const owner = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [insurance, codes] of Object.entries(config.insurances)) {
    codes.forEach((code, i) => {
      const first = owner.get(code);
      if (first === undefined) owner.set(code, insurance);
      else {
        findings.push({
          kind: "problem",
          keys: ["insurances", insurance, i],
          message: `insutype ${code} already belongs to ${first}; it can belong to one insurance only`,
          touches: ["insurances"],
        });
      }
    });
  }
  return findings;
}

function servers({ ops, monitor }: Config): Finding[] {
  const open = (name: "ops" | "monitor", needed: string): Finding => ({
    kind: "problem",
    keys: [name, "host"],
    message: `${name === "ops" ? ops.host : monitor.host} can be reached from other machines, so ${needed} is required (or use 127.0.0.1)`,
    touches: [name],
  });
  const findings: Finding[] = [];
  if (!isLoopback(ops.host) && ops.token === undefined) findings.push(open("ops", "ops.token"));
  if (!isLoopback(monitor.host) && monitor.tokens.length === 0)
    findings.push(open("monitor", "at least one of monitor.tokens"));
  return [...findings, ...tokens(monitor.tokens)];
}

/** Shorter ones can be guessed by whoever has time, five a minute. */
const TOKEN_CHARACTERS = 16;

function tokens(list: Config["monitor"]["tokens"]): Finding[] {
  return list.flatMap(({ name, token }, i): Finding[] => {
    const keys = ["monitor", "tokens", i];
    const same = (field: "name" | "token"): boolean =>
      list.slice(0, i).some((t) => t[field] === list[i][field]);
    const touches = ["monitor"];
    return [
      ...(same("name")
        ? [
            {
              kind: "problem" as const,
              keys: [...keys, "name"],
              message: `${name} already has a token`,
              touches,
            },
          ]
        : []),
      ...(same("token")
        ? [
            {
              kind: "problem" as const,
              keys: [...keys, "token"],
              message: "another name has the same token",
              touches,
            },
          ]
        : []),
      ...(token.length < TOKEN_CHARACTERS
        ? [
            {
              kind: "warning" as const,
              keys: [...keys, "token"],
              message: `shorter than ${TOKEN_CHARACTERS} characters; make one with \`openssl rand -hex 16\``,
              touches,
            },
          ]
        : []),
    ];
  });
}

function careGroups(config: Config): Finding[] {
  const catchAll = config.careGroups.findIndex((rule) => Object.keys(rule.when).length === 0);
  const last = config.careGroups.length - 1;
  if (catchAll < 0 || catchAll === last) return [];
  const name = config.careGroups[catchAll].name;
  return [
    {
      kind: "warning",
      keys: ["careGroups", catchAll + 1],
      message: `never reached: ${name} before it takes everything; put the rule without \`when\` last`,
      touches: ["careGroups"],
    },
  ];
}

function jurisdiction(config: Config): Finding[] {
  const { admdvs, level } = config.jurisdiction;
  const whole = /(00|99)$/.test(admdvs);
  const province = /(0000|9900)$/.test(admdvs);
  const fits = {
    county: !whole,
    city: whole && (!province || isMunicipal(admdvs)),
    province: province,
  }[level];
  if (fits) return [];
  const shape = { county: "620725", city: "620700", province: "620000" }[level];
  return [
    {
      kind: "problem",
      keys: ["jurisdiction", "admdvs"],
      message: `${admdvs} is not a ${level}'s division (such as ${shape}); correct it or jurisdiction.level`,
      touches: ["jurisdiction"],
    },
  ];
}

/** A path as the file system has it, so far as it is there: links are followed. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(real(above), basename(path));
  }
}

/** `data` holds our own files, whose permissions we set: nothing else may lie in it. */
function places({ data, source, reference }: Config, file: string): Finding[] {
  const base = file === "" ? "/" : dirname(file);
  const at = (path: string): string => real(resolve(base, path));
  const root = at(data);
  const inside = (path: string): boolean => {
    const way = relative(root, at(path));
    return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
  };
  const findings: Finding[] = [];
  if (source.kind === "folder" && inside(source.path))
    findings.push({
      kind: "problem",
      keys: ["source", "path"],
      message: `the drop folder must not lie in \`data\` (${data}), where our own files are; name another \`data\``,
      touches: ["source", "data"],
    });
  if (inside(reference))
    findings.push({
      kind: "warning",
      keys: ["reference"],
      message:
        "the reference tables lie in `data`, where our own files are; a restore replaces what is there",
      touches: ["reference", "data"],
    });
  if (file !== "" && inside(file))
    findings.push({
      kind: "warning",
      keys: ["data"],
      message: "the configuration lies in `data`, where our own files are; name a folder of its own",
      touches: ["data"],
    });
  return findings;
}

const OUR_NAMES: ReadonlySet<string> = new Set(
  STREAM_NAMES.flatMap((stream) => STREAMS[stream].fields.map((field) => field.name)),
);

/** Another name of a field must not be ours of another field, and belongs to one field alone. */
function fieldNames(config: Config): Finding[] {
  const owner = new Map<string, string>();
  return Object.entries(config.source.fields).flatMap(([field, names]) =>
    (names ?? []).flatMap((name, i): Finding[] => {
      const other = OUR_NAMES.has(name) ? name : owner.get(name);
      owner.set(name, field);
      if (other === undefined) return [];
      return [
        {
          kind: "problem",
          keys: ["source", "fields", field, i],
          message: `${name} is already the name of the field ${other}`,
          touches: ["source"],
        },
      ];
    }),
  );
}

function flink({ engine, source }: Config): Finding[] {
  if (engine.kind !== "flink" || source.kind === "kafka") return [];
  return [
    {
      kind: "problem",
      keys: ["engine", "kind"],
      message: `flink needs source.kind: kafka (it is ${source.kind}): a Flink job reads Kafka alone`,
      touches: ["engine", "source"],
    },
  ];
}

function kafka(config: Config): Finding[] {
  const source = config.source;
  if (source.kind !== "kafka") return [];
  const findings: Finding[] = [];
  if (source.sasl?.mechanism === "plain" && source.ssl === false) {
    findings.push({
      kind: "warning",
      keys: ["source", "sasl"],
      message: "mechanism plain without ssl sends the password readable over the network",
      touches: ["source"],
    });
  }
  const streams = new Map<string, string>();
  for (const [stream, topic] of Object.entries(source.topics)) {
    if (topic === undefined) continue;
    const other = streams.get(topic);
    if (other !== undefined) {
      findings.push({
        kind: "problem",
        keys: ["source", "topics", stream],
        message: `topic ${topic} already carries the stream ${other}`,
        touches: ["source"],
      });
    }
    streams.set(topic, stream);
  }
  if (streams.size === 0) {
    findings.push({
      kind: "problem",
      keys: ["source", "topics"],
      message: "no topic is named; leave the key out for the default topics",
      touches: ["source"],
    });
  }
  return findings;
}
