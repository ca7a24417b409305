// PostgreSQL's SQL as SQLite takes it. Statements are written once, in the part of PostgreSQL's language that is listed here; what is
// not listed must mean the same in both. So: no greatest() and least() of values that may be NULL, no writing in WITH, no DISTINCT ON,
// no alias in RETURNING, `WHERE true` between INSERT ... SELECT and ON CONFLICT. lower() and LIKE know the case of ASCII only.
// Tables are STRICT: what PostgreSQL refuses (a fraction in a bigint) is refused here too. Pure.

import { NOW_MS } from './driver';

const RECORDSET = /json_to_recordset\(\$(\d+)::text::json\)\s+AS\s+(\w+)\(([^)]*)\)/g;
const LIST = /SELECT json_array_elements_text\(\$(\d+)::text::json\)/g;
const MERGED = /\b(\w+)(?: - '(\w+)')? \|\| \$(\d+)::text::jsonb/g;
const TABLE = /CREATE TABLE (\w+) \(\n([\s\S]*?)\n\);/g;
const IDENTITY = /bigint GENERATED ALWAYS AS IDENTITY(?: PRIMARY KEY)?/;
const CAST = /::(?:double precision|[a-z0-9]+)/g;

/** One statement, or a script of CREATE TABLE and CREATE INDEX. */
export function sqliteOf(sql: string): string {
  return sql
    .replaceAll(NOW_MS, "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)")
    .replace(RECORDSET, (_, param: string, alias: string, columns: string) => {
      const taken = columns.split(',').map(columnOf);
      return `(SELECT ${taken.join(', ')} FROM json_each(?${param})) AS ${alias}`;
    })
    .replace(LIST, 'SELECT value FROM json_each(?$1)')
    .replace(MERGED, (_, column: string, left: string | undefined, param: string) => {
      const base = left === undefined ? column : `json_remove(${column}, '$.${left}')`;
      return `json_merge(${base}, ?${param})`;
    })
    .replace(/\bdecode\((\w+), 'hex'\)/g, 'unhex($1)')
    .replace(/\bstrpos\(/g, 'instr(')
    .replace(/\bgreatest\(/g, 'max(')
    .replace(/\bleast\(/g, 'min(')
    .replace(TABLE, (_, name: string, body: string) => `CREATE TABLE ${name} (\n${tableBody(body)}\n) STRICT;`)
    .replace(/^ALTER TABLE .* SET STORAGE .*;$/gm, '')
    .replace(CAST, '')
    .replace(/\$(\d+)/g, '?$1');
}

/** `body jsonb` of a record set: a JSON null is no value, as in PostgreSQL. */
function columnOf(column: string): string {
  const [name = '', type = ''] = column.trim().split(/\s+/);
  const key = `'$.${name.replaceAll('"', '')}'`;
  return type === 'jsonb' ? `nullif(value -> ${key}, 'null') AS ${name}` : `value ->> ${key} AS ${name}`;
}

function tableBody(body: string): string {
  const isIdentity = IDENTITY.test(body);
  return body
    .replace(IDENTITY, 'integer PRIMARY KEY AUTOINCREMENT')
    .replace(/^( {2})PRIMARY KEY \(/m, isIdentity ? '$1UNIQUE (' : '$1PRIMARY KEY (')
    .replace(/^( {2}\w+) (\w+(?: precision)?)/gm, (whole, name: string, type: string) => {
      const own = TYPES[type];
      return own === undefined ? whole : `${name} ${own}`;
    });
}

const TYPES: Readonly<Record<string, string>> = {
  bigint: 'integer',
  smallint: 'integer',
  boolean: 'integer',
  jsonb: 'text',
  json: 'text',
  bytea: 'blob',
  'double precision': 'real',
};

export interface Kinds {
  /** `table.column` of what is text or a number in SQLite and is not what it looks like. */
  readonly json: ReadonlySet<string>;
  readonly boolean: ReadonlySet<string>;
}

export interface Column {
  readonly name: string;
  /** Of PostgreSQL. */
  readonly type: string;
}

/** In the order in which they are made, which is the one in which rows may refer to each other; without what is numbered on arrival. */
export function tablesOf(
  schemas: readonly string[],
): { readonly table: string; readonly columns: readonly Column[] }[] {
  return schemas.flatMap((schema) =>
    [...schema.matchAll(TABLE)].map(([, table = '', body = '']) => ({
      table,
      columns: [...body.matchAll(/^ {2}([a-z_]+) ([a-z0-9]+(?: precision)?)(?! GENERATED)\b/gm)].map(
        ([, name = '', type = '']) => ({
          name,
          type,
        }),
      ),
    })),
  );
}

/** Of all columns that the schemas make. */
export function kindsOf(schemas: readonly string[]): Kinds {
  const named = (types: RegExp): ReadonlySet<string> =>
    new Set(
      tablesOf(schemas).flatMap(({ table, columns }) =>
        columns.flatMap(({ name, type }) => (types.test(type) ? [`${table}.${name}`] : [])),
      ),
    );
  return { json: named(/^jsonb?$/), boolean: named(/^boolean$/) };
}
