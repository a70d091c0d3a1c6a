import { LAYERS } from "./layers.mjs";

const any = (names) => (names.length === 1 ? names[0] : `(${names.join("|")})`);

/** The modules of a room, as a pattern; "." is the folder's own files. */
const pathOf = (folder, room) => {
  const start = folder === "" ? "^" : `^${folder}/`;
  return room === "." ? `${start}[^/]+$` : `${start}${room}/`;
};

/** One rule a room: of its folder it imports itself and what stands before it. */
const oneWay = Object.entries(LAYERS).flatMap(([folder, order]) =>
  order.flatMap((beside, i) =>
    beside.map((room) => {
      const allowed = [room, ...order.slice(0, i).flat()];
      const inside = folder === "" ? `^${any([...order.flat(), "test", "packaging"])}/` : `^${folder}/`;
      return {
        name: `one-way-${[folder, room].filter(Boolean).join("/")}`,
        comment: `${folder}/${room} may import ${allowed.join(", ")} (layers.mjs)`,
        severity: "error",
        from: { path: pathOf(folder, room) },
        to: { path: inside, pathNot: any(allowed.map((other) => pathOf(folder, other))) },
      };
    }),
  ),
);

/** A room that its folder's list does not have. */
const unknown = Object.entries(LAYERS)
  .filter(([folder]) => folder !== "")
  .map(([folder, order]) => ({
    name: `room-without-a-line-${folder}`,
    comment: "a new room needs its line in layers.mjs",
    severity: "error",
    from: { path: `^${folder}/`, pathNot: any(order.flat().map((room) => pathOf(folder, room))) },
    to: {},
  }));

/** Rooms inside a folder that has no list. */
const unlisted = {
  name: "rooms-without-a-list",
  comment: "a folder with rooms inside needs its list in layers.mjs",
  severity: "error",
  from: {
    path: `^${any(LAYERS[""].flat())}/[^/]+/[^/]+/`,
    pathNot: any([
      ...Object.keys(LAYERS)
        .filter((folder) => folder.includes("/"))
        .map((folder) => `^${folder}/[^/]+/[^/]+$`),
      "^pipelines/monitor/page/",
    ]),
  },
  to: {},
};

export default {
  forbidden: [
    ...oneWay,
    ...unknown,
    unlisted,
    {
      name: "no-circle-of-files",
      comment: "files that import each other cannot be read, moved or tested alone",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-circle-of-folders",
      comment: "folders that need each other are one folder: move what both need",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node:|dist/)|node_modules|^pipelines/monitor/page/" },
    enhancedResolveOptions: { extensions: [".ts", ".js"] },
  },
};
