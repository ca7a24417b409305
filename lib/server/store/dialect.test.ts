import { describe, expect, it } from 'vitest';
import { kindsOf, sqliteOf } from './dialect';
import { NOW_MS } from './driver';

describe("PostgreSQL's SQL as SQLite takes it", () => {
  it.each([
    ['parameters and casts', 'SELECT $1::text, $2::bigint, $10::double precision, x::integer', 'SELECT ?1, ?2, ?10, x'],
    ['JSON in parameters', 'VALUES ($1::text::jsonb, $2::text::json)', 'VALUES (?1, ?2)'],
    [
      'a list',
      'scope IN (SELECT json_array_elements_text($3::text::json))',
      'scope IN (SELECT value FROM json_each(?3))',
    ],
    [
      'a record set, names as they are, JSON as JSON',
      'SELECT a FROM json_to_recordset($1::text::json) AS r(a text, "nextAt" bigint,\n body jsonb)',
      `SELECT a FROM (SELECT value ->> '$.a' AS a, value ->> '$.nextAt' AS "nextAt", nullif(value -> '$.body', 'null') AS body FROM json_each(?1)) AS r`,
    ],
    ['a merged object', 'SET body = body || $4::text::jsonb', 'SET body = json_merge(body, ?4)'],
    [
      'one without a key',
      "SET body = body - 'said' || $2::text::jsonb",
      "SET body = json_merge(json_remove(body, '$.said'), ?2)",
    ],
    ['texts put together', "receiver || '/' || address", "receiver || '/' || address"],
    ['the clock', `expires_at < ${NOW_MS} + 5`, "expires_at < CAST(round(unixepoch('subsec') * 1000) AS INTEGER) + 5"],
    [
      'functions of other names',
      "greatest(1, least(2, strpos(a, 'b'))), decode(body, 'hex')",
      "max(1, min(2, instr(a, 'b'))), unhex(body)",
    ],
    ['a part of JSON', "body->'event'->>'kind'", "body->'event'->>'kind'"],
  ])('%s', (_what, sql, expected) => {
    expect(sqliteOf(sql)).toBe(expected);
  });

  const schema = `
CREATE TABLE one (
  id text PRIMARY KEY,
  text text,
  body jsonb NOT NULL,
  done boolean NOT NULL DEFAULT false,
  at bigint
);
CREATE TABLE two (
  scope text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  value json,
  bytes bytea,
  part double precision,
  PRIMARY KEY (scope)
);
ALTER TABLE two ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX two_newest ON two (seq DESC);
`;

  it('makes tables that take no value of another type, numbered where PostgreSQL numbers', () => {
    expect(sqliteOf(schema)).toBe(`
CREATE TABLE one (
  id text PRIMARY KEY,
  text text,
  body text NOT NULL,
  done integer NOT NULL DEFAULT false,
  at integer
) STRICT;
CREATE TABLE two (
  scope text NOT NULL,
  seq integer PRIMARY KEY AUTOINCREMENT,
  value text,
  bytes blob,
  part real,
  UNIQUE (scope)
) STRICT;

CREATE INDEX two_newest ON two (seq DESC);
`);
  });

  it('knows which columns hold JSON and booleans', () => {
    expect(kindsOf([schema])).toEqual({ json: new Set(['one.body', 'two.value']), boolean: new Set(['one.done']) });
  });
});
