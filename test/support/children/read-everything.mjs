// Reads every table, view and table macro of a DuckDB file with the client named first, and prints the number
// of rows and a hash of each as JSON. A process of its own: two versions of DuckDB cannot share one.
const [client, path, period] = process.argv.slice(2);
const { DuckDBInstance, version } = await import(client);

const OBJECTS = `SELECT '"' || schema_name || '"."' || name || '"' || call FROM (
  SELECT schema_name, table_name AS name, '' AS call FROM duckdb_tables() WHERE NOT internal
  UNION ALL SELECT schema_name, view_name, '' FROM duckdb_views() WHERE NOT internal
  UNION ALL SELECT schema_name, function_name, '(''${period}'')' FROM duckdb_functions()
    WHERE function_type = 'table_macro' AND NOT internal AND database_name = current_database())
  WHERE schema_name NOT IN ('information_schema', 'pg_catalog') ORDER BY 1`;

const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY", threads: "1" });
const connection = await instance.connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();

/** Nested values are written differently by different versions: their rows are read, their text is not held. */
const plain = (type) => !/^(STRUCT|MAP|UNION)|\]$/.test(type);
const read = {};
for (const [name] of await rows(OBJECTS)) {
  try {
    const columns = (await rows(`DESCRIBE SELECT * FROM ${name}`)).map(([column, type]) => {
      const value = `"${column.replaceAll('"', '""')}"`;
      return plain(type) ? `coalesce(${value}::VARCHAR, 'NULL')` : `(${value} IS NULL)::VARCHAR`;
    });
    const [[found]] =
      await rows(`SELECT count(*) || ' rows ' || coalesce(md5(string_agg(r, chr(10) ORDER BY r)), '')
      FROM (SELECT concat_ws('|', ${columns.join(", ")}) AS r FROM ${name})`);
    read[name] = found;
  } catch (error) {
    read[name] = String(error);
  }
}
connection.closeSync();
instance.closeSync();
console.log(JSON.stringify({ version: version(), read }));
