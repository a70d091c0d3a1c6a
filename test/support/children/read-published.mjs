// Every publish of the test writes its version as the visits of two groups and as the snapshot's version.
import { readAgainAndAgain } from "./reading.mjs";

const [path, stop] = process.argv.slice(2);
await readAgainAndAgain(path, stop, 20, async (first) => {
  const [version, values] = await first(`SELECT (SELECT version FROM snapshot)::INTEGER,
    list(DISTINCT value)::VARCHAR FROM indicators WHERE indicator = 'visits' AND period IN ('2024-01', '2024H1')`);
  return { version, mixtures: values === `[${version}.000000]` ? [] : [`${version}: ${values}`] };
});
