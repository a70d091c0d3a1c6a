import { Command, CommanderError } from "commander";

import { faultOf } from "../../connectors/faults/known.js";
import { PROGRAM_VERSION } from "../../connectors/files/program-version.js";

import type { QuarantineOptions } from "./commands/quarantine.js";
import { alertsDefinition } from "./definitions/alerts.js";
import { auditDefinition } from "./definitions/audit.js";
import { backupDefinition } from "./definitions/backup.js";
import { closeDefinition } from "./definitions/close.js";
import { explainDefinition } from "./definitions/explain.js";
import { exportDefinition } from "./definitions/export.js";
import { flinkDefinition } from "./definitions/flink.js";
import { gapsDefinition } from "./definitions/gaps.js";
import { monitorDefinition } from "./definitions/monitor.js";
import { nightlyDefinition } from "./definitions/nightly.js";
import { reportDefinition } from "./definitions/report.js";
import { collect } from "./definitions/tools.js";
import { verifyDefinition } from "./definitions/verify.js";
import { sayAside } from "./terminal/say.js";

export { holdOutput } from "./terminal/output.js";

/** The `fundpulse` command; `done` receives the exit code of the command that ran. */
export function program(done: (exitCode: number) => void): Command {
  const root = new Command("fundpulse")
    .description("Settlement events in, always-current fund-usage indicators out 医保结算事件 → 基金运行指标")
    .version(PROGRAM_VERSION)
    .showHelpAfterError("(see --help)")
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText("after", EXIT_CODES);
  const command = (usage: string, summary: string, help: string): Command =>
    root.command(usage).description(summary).addHelpText("after", `\n${help.trim()}\n`);
  const withConfig = (c: Command): Command =>
    c.option("-c, --config <file>", "configuration file", "fundpulse.yaml");

  command(
    "init <dir>",
    "make a new workspace: commented configuration, reference tables, an inbox",
    `
Writes fundpulse.yaml, reference/*.csv and inbox/ into <dir>; never overwrites a file.

Example:
  fundpulse init county && cd county
  export FUNDPULSE_PERSON_KEY="$(openssl rand -hex 32)"
  fundpulse check`,
  ).action(async (dir: string) => done((await import("./commands/init.js")).initCommand(dir)));

  withConfig(
    command(
      "run",
      "consume, aggregate, publish",
      `
Runs until stopped: the first Ctrl-C (or SIGTERM) finishes the batch and publishes, the second ends at once.
A process that was killed loses and doubles nothing: start it again.
While it runs, /metrics, /health and /ready are served on ops.host and ops.port.

Examples:
  fundpulse run                     follow the source, publish as figures change
  fundpulse run --until-drained     read what is there, publish, stop; for cron and scripts
  fundpulse run --config /etc/fundpulse/county.yaml`,
    ),
  )
    .option("--until-drained", "stop when every source is read to its end and published")
    .option("--ops", "serve metrics and health also with --until-drained")
    .option("--new-state", "begin anew where the state is gone and published figures stand")
    .option(
      "--accept-gap <topic[/partition]>",
      "go on where records are gone or a topic was made anew; may be repeated",
      collect,
      [],
    )
    .option("--accept-older-state", "go on with a state that is older than what is published")
    .option("--no-ops", "do not serve metrics and health")
    .option("--monitor", "serve the web page and its API in this process too")
    .action(async (options) => done(await (await import("./commands/run.js")).runCommand(options)));

  monitorDefinition({ command, withConfig, done });
  backupDefinition({ command, withConfig, done });
  gapsDefinition({ command, withConfig, done });
  closeDefinition({ command, withConfig, done });
  alertsDefinition({ command, withConfig, done });
  auditDefinition({ command, withConfig, done });
  nightlyDefinition({ command, withConfig, done });
  reportDefinition({ command, withConfig, done });
  exportDefinition({ command, withConfig, done });
  verifyDefinition({ command, withConfig, done });

  withConfig(
    command(
      "sql [query]",
      "read-only SQL on the published file",
      `
Without a query it is read from standard input; on a terminal the tables are listed instead.
Works while \`fundpulse run\` publishes.

Examples:
  fundpulse sql "SELECT period, value FROM indicators WHERE indicator = 'visits' AND grouping = 'total'"
  fundpulse sql --format csv "FROM inpatient WHERE period = '2024H1'" > inpatient.csv
  fundpulse sql < query.sql`,
    ),
  )
    .option("-f, --format <format>", "table, csv or json", "table")
    .action(async (query, options) =>
      done(await (await import("./commands/sql.js")).sqlCommand(query, options)),
    );

  explainDefinition({ command, withConfig, done });
  quarantine(root, withConfig, done);
  flinkDefinition(root, withConfig, done);

  withConfig(
    command(
      "rebuild",
      "derive everything again from the kept settlements, under the present configuration",
      `
Needed after a change of groupings, care groups, refund policy or insurances: \`run\` then refuses
to start [FP2005]; changed reference tables need none. Settlements are not read from the source again; no other process may run meanwhile.

Example:
  fundpulse rebuild && fundpulse run`,
    ),
  ).action(async (options) => done(await (await import("./commands/rebuild.js")).rebuildCommand(options)));

  withConfig(
    command(
      "check",
      "configuration, reference tables, state, connections",
      `
Shows the resolved configuration (secrets masked), then tries each part and says what is wrong with it. The
state is read through, every page and index, unless a process works on it.
Told too: reference tables that are missing, files of the inbox that cannot be read, permissions under data that are
not what they should be, a personKey that can be guessed, and a configuration that the state, or the process which
holds it, was not made with.
Exit code 0: all well; 1: the state is damaged or a file cannot be read; 2: configuration or reference tables;
75: broker or registry away.

Example:
  fundpulse check --quiet && fundpulse run`,
    ),
  )
    .option("-q, --quiet", "do not show the resolved configuration")
    .action(async (options) => done(await (await import("./commands/check.js")).checkCommand(options)));

  command(
    "simulate <profile>",
    "produce events, into a drop folder, a new workspace or Kafka",
    `
Profiles: shandan-2024h1 and huining-2024q1 come out at the printed totals of those bureaus' reports; free takes
counts and rates with --set. Equal seeds give equal events.

Examples:
  fundpulse simulate shandan-2024h1 --workspace shandan
  fundpulse simulate free --set events=1000000 --out inbox --reference reference
  fundpulse simulate free --set events=1000 --format ndjson --gzip --out inbox
  fundpulse simulate free --config kafka.yaml       to the topics that kafka.yaml reads`,
  )
    .option("-o, --out <folder>", "drop folder that the files go to")
    .option(
      "-w, --workspace <dir>",
      "make a workspace for the profile, or take one just made by init, and fill its inbox",
    )
    .option("-c, --config <file>", "send to the Kafka topics that this configuration reads")
    .option("--reference <dir>", "write the profile's reference tables there too")
    .option("--format <format>", "avro or ndjson", "avro")
    .option("--codec <codec>", "of Avro blocks: null, deflate or snappy", "deflate")
    .option("--gzip", "gzip the files")
    .option("--seed <n>", "equal seeds give equal events", "1")
    .option("--events-per-file <n>", "events after which the next file starts", "200000")
    .option("--set <name=value>", "count or rate of the profile free; may be repeated", collect, [])
    .action(async (profile, flags) =>
      done(await (await import("./commands/simulate.js")).simulateCommand(profile, flags)),
    );

  command(
    "demo",
    "all of it on bundled events, under ./demo",
    `
Simulates a real county's half-year so that its printed totals come out, runs the pipeline on it until drained,
prints the county's published tables, computed beside printed, with every difference explained, and serves the
page: in a terminal until Ctrl-C, otherwise it ends. Made up beside the print, and in none of its figures: July to
December 2023, budgets and books of the funds, a facility that falls silent. With --live June 2024 arrives over two
minutes while the page is served.
Needs no Kafka and no network. Exit code 3: a figure differs without a known reason.

Example:
  fundpulse demo
  fundpulse demo --live`,
  )
    .option("--live", "let the last month arrive over two minutes while the page is served")
    .option("-d, --dir <dir>", "folder to work in; made anew if the demo made it", "demo")
    .action(async (options) => done(await (await import("./commands/demo.js")).demoCommand(options)));

  return root;
}

function quarantine(
  root: Command,
  withConfig: (c: Command) => Command,
  done: (exitCode: number) => void,
): void {
  const quarantine = root
    .command("quarantine")
    .description("work the quarantine: records that cannot be counted, with their bytes and reasons")
    .addHelpText(
      "after",
      `
Each record waits with its raw bytes (encrypted), place and reason until it is retried or dismissed.
unknown_category, future_time and out_of_jurisdiction are judged again by themselves.

Examples:
  fundpulse quarantine list
  fundpulse quarantine show 17 > record.json      (holds personal data; each look is noted in data/detail/access.log)
  fundpulse quarantine show 17 --raw > record.bin
  fundpulse quarantine retry --reason bad_value    after correcting the configuration
  fundpulse quarantine dismiss 17 18 --why "test records of the hospital"
  fundpulse quarantine dismiss --file settlement-03.ndjson --why "sent again as settlement-03b.ndjson"
`,
    );
  const load = () => import("./commands/quarantine.js");
  const filters = (c: Command): Command =>
    withConfig(c)
      .option("--reason <reason>", "only records with this reason")
      .option("--stream <stream>", "only records of this stream");
  filters(quarantine.command("list"))
    .description("list records; never shows their content")
    .option("--status <status>", "waiting, resolved or dismissed (default: waiting)")
    .option("--limit <n>", "at most so many")
    .option("-f, --format <format>", "table or json", "table")
    .action(async (options: QuarantineOptions) => done(await (await load()).quarantineList(options)));
  withConfig(quarantine.command("show <id>"))
    .description("write a record to standard output as JSON, whatever its encoding")
    .option("--raw", "its bytes as they came")
    .action(async (id: string, options: QuarantineOptions) =>
      done(await (await load()).quarantineShow(id, options)),
    );
  filters(quarantine.command("retry [ids...]"))
    .description("judge records again under the present configuration")
    .option("--all", "every record that waits")
    .action(async (ids: string[], options: QuarantineOptions) =>
      done(await (await load()).quarantineRetry(ids, options)),
    );
  filters(quarantine.command("dismiss [ids...]"))
    .description("set records aside for good; they stay listed with the reason")
    .option("--all", "every record that waits")
    .option("--file <name>", "the change of a file that was taken before, instead of records")
    .option("--why <text>", "why; kept beside the record")
    .action(async (ids: string[], options: QuarantineOptions) =>
      done(await (await load()).quarantineDismiss(ids, options)),
    );
}

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 a check found differences,
75 try again later (broker away). Start with: fundpulse demo, or fundpulse init <dir>.
`;

/** Runs the command line and says which exit code it ends with; errors go to standard error, without a trace. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  try {
    const root = program((code) => {
      exitCode = code;
    });
    if (argv.length === 0) {
      root.outputHelp({ error: true });
      return 2;
    }
    await root.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return tellFailure(error);
  }
}

/** Says on standard error why the program ends, and returns its exit code. */
export function tellFailure(error: unknown): number {
  const known = faultOf(error);
  const text =
    known !== undefined
      ? known.message
      : `an unexpected error, please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  sayAside(`fundpulse: ${text}\n`);
  return known?.exitCode ?? 1;
}
