import { type Command, Option } from "commander";
import { FIGURES_TOPIC } from "../../../schemas/figures-topic.js";
import { collect } from "./tools.js";

/** `fundpulse flink` on the command line. */
export function flinkDefinition(
  root: Command,
  withConfig: (command: Command) => Command,
  done: (exitCode: number) => void,
): void {
  const flink = root
    .command("flink")
    .description("the same figures on a Flink cluster: the job, generated from the configuration")
    .addHelpText(
      "after",
      `
The job computes the figures of the settlements from the very declarations of this program, and writes them to a
compacted topic. What it does and what it does not is in docs/scale-out.md. The jar with its format and functions is
built from the Java sources of the package (Maven, Java 17). The TaskManagers need FUNDPULSE_PERSON_KEY in their environment.

Examples:
  fundpulse flink generate --out job.sql                      the script, to be read, kept or submitted by other means
  fundpulse flink submit --flink http://jobmanager:8081
  fundpulse flink status --flink http://jobmanager:8081
  fundpulse flink savepoint --stop --flink http://jobmanager:8081
  fundpulse flink dev                                         a cluster of this machine, for trying
`,
    );
  const load = () => import("../commands/flink.js");
  const savepoint = () => import("../commands/flink-savepoint.js");
  const ofJob = (c: Command): Command =>
    withConfig(c)
      .option("--name <name>", "of the job, its consumer group and its transactions", "fundpulse")
      .option(
        "--figures <topic>",
        `compacted topic that the figures go to (default: engine.figures, else ${FIGURES_TOPIC})`,
      )
      .option("--archive <url>", "folder of the archive as the cluster knows it (default: engine.archive)")
      .option(
        "--property <key=value>",
        "of Flink's Kafka clients (security.protocol …); may be repeated",
        collect,
        [],
      );
  const withCluster = (c: Command): Command =>
    c.requiredOption("--flink <url>", "REST address of the cluster, such as http://jobmanager:8081");
  ofJob(flink.command("generate"))
    .description("write the job as Flink SQL, and its manifest beside it")
    .option("-o, --out <file>", "the script", "job.sql")
    .option("--jar <path>", "where the SQL client finds the jar (default: built here, into the cache)")
    .option(
      "--kubernetes",
      "manifests for the Flink Kubernetes operator instead, with a Dockerfile and the jar",
      false,
    )
    .option("--image <name>", "of the Dockerfile, in your registry (with --kubernetes)", "fundpulse-flink")
    .option("--namespace <name>", "with --kubernetes", "flink")
    .option(
      "--storage <url>",
      "folder of checkpoints and savepoints that every pod can write (with --kubernetes)",
    )
    .option("--slots <n>", "parallelism of the job (with --kubernetes)", "4")
    .option("--slots-per-task-manager <n>", "with --kubernetes", "2")
    .option("--memory <size>", "of a TaskManager (with --kubernetes)", "4g")
    .option(
      "--key-secret <name>",
      "Secret with the person key under person-key (with --kubernetes)",
      "fundpulse",
    )
    .action(async (options) => done(await (await load()).flinkGenerate(options)));
  ofJob(flink.command("topic"))
    .description(
      "make the figures topic, or see that it can carry the job's figures; `submit` does it by itself",
    )
    .action(async (options) => done(await (await load()).flinkTopic(options)));
  withCluster(ofJob(flink.command("submit")))
    .description(
      "start the job on a cluster; its figures topic must be new, unless it goes on from a savepoint",
    )
    .option(
      "--flink-home <dir>",
      "a Flink distribution with sql-client.sh (default: FLINK_HOME, else from the registries)",
    )
    .option("--jar <path>", "the jar (default: built here, into the cache)")
    .option(
      "--from-savepoint <path>",
      "go on where a job of the same configuration stopped with `flink savepoint --stop`, in its figures topic",
    )
    .action(async (options) => done(await (await load()).flinkSubmit(options)));
  withCluster(ofJob(flink.command("savepoint")))
    .description("let the job write a savepoint and print its path; with --stop a job may go on from it")
    .option(
      "--dir <folder>",
      "that every machine of the cluster can write (default: the cluster's own setting)",
    )
    .option("--stop", "end the job with it, so that no figure is written after it")
    .option("--timeout <seconds>", "how long to wait", "600")
    .action(async (options) => done(await (await savepoint()).flinkSavepoint(options)));
  withCluster(ofJob(flink.command("status")))
    .description(
      "job, checkpoints, age and lag of the figures, size of the state, last failure; exit code 1: it stands still, 3: it is not the configuration's job",
    )
    .addOption(
      new Option("-f, --format <format>", "how it is written").choices(["text", "json"]).default("text"),
    )
    .action(async (options) =>
      done(await (await import("../commands/flink-status.js")).flinkStatus(options)),
    );
  ofJob(flink.command("dev"))
    .description("start a cluster on this machine with the job, until Ctrl-C; Kafka must be there")
    .option("-d, --dir <dir>", "its configuration, logs and checkpoints (default: flink in the data folder)")
    .option("--port <port>", "of Flink's web page; 0: any", "8081")
    .option("--slots <n>", "slots of the TaskManager", "2")
    .option("--memory <size>", "of the TaskManager", "2g")
    .action(async (options) => done(await (await load()).flinkDev(options)));
}
