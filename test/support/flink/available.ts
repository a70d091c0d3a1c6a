import { flinkHome } from "../../../connectors/flink/cluster/distribution.js";
import { fundpulseJar } from "../../../connectors/flink/cluster/jar.js";
import { requireJava } from "../kafka/jars.mjs";

/**
 * Whether a real Flink can be had: Java, Maven, pip, and the registries the first time. Tests that need it are skipped
 * otherwise; with `CI=true` that is an error.
 */
export async function flinkPossible(): Promise<boolean> {
  try {
    await requireJava();
    await flinkHome();
    await fundpulseJar();
    return true;
  } catch (error) {
    if (process.env.CI === "true") throw error;
    process.stderr.write(`\n*** Flink tests are SKIPPED: ${(error as Error).message.split("\n")[0]} ***\n\n`);
    return false;
  }
}
