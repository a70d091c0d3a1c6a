import { fileURLToPath } from "node:url";
import { createServer } from "vite";

/** A TypeScript module of the tests, loaded outside vitest; `close` when nothing of it is used any more. */
export async function load(url) {
  const server = await createServer({
    configFile: false,
    appType: "custom",
    logLevel: "error",
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  return {
    module: await server.ssrLoadModule(fileURLToPath(url)),
    close: () => server.close(),
  };
}
