// Opens a published file again and again until `stop` appears beside it; prints what it met as JSON.
import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const [path, stop] = process.argv.slice(2);
const met = { opens: 0, errors: [], mixtures: 0, falls: 0, versions: 0 };
let last = 0;
while (!existsSync(stop)) {
  let instance;
  let connection;
  try {
    instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
    connection = await instance.connect();
    // Every publish writes its version as the visits of two groups and as the snapshot's version.
    const result = await connection.runAndReadAll(`SELECT (SELECT version FROM snapshot)::INTEGER,
      list(DISTINCT value)::VARCHAR FROM indicators WHERE indicator = 'visits' AND period IN ('2024-01', '2024H1')`);
    const [version, values] = result.getRows()[0];
    if (values !== `[${version}.000000]`) met.mixtures++;
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
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify(met));
