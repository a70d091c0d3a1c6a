import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";

/**
 * Opens a file again and again until `stop` appears, and prints what was met as JSON. `look` gets a function
 * that returns the first row of a query; it returns the version it met and what did not fit together.
 */
export async function readAgainAndAgain(path, stop, pauseMs, look) {
  const met = { opens: 0, errors: [], mixtures: [], falls: 0, versions: 0 };
  let last = 0;
  while (!existsSync(stop)) {
    let instance;
    let connection;
    try {
      instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY", threads: "1" });
      connection = await instance.connect();
      const { version, mixtures } = await look(
        async (sql) => (await connection.runAndReadAll(sql)).getRows()[0],
      );
      met.mixtures.push(...mixtures);
      if (version < last) met.falls++;
      if (version > last) met.versions++;
      last = version;
      met.opens++;
    } catch (error) {
      met.errors.push(String(error));
    } finally {
      connection?.closeSync();
      instance?.closeSync();
    }
    await sleep(pauseMs);
  }
  console.log(JSON.stringify(met));
}
