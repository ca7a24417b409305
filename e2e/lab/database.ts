// What a lab has in its PostgreSQL: roles and tables.

import type { Lab } from './lab';

/** The roles of Howdah, its probe and the load, with the tables these two write. Every statement may run again. */
export async function prepareDatabase(lab: Lab): Promise<void> {
  const leader = await lab.mustLeader();
  const role = (name: string, password: string): string =>
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name} LOGIN; END IF; END $$;
     ALTER ROLE ${name} PASSWORD '${password}';`;
  await lab.sql(
    leader,
    `${role('howdah', lab.secrets.howdah)} ${role('howdah_probe', lab.secrets.probe)} ${role('app', lab.secrets.app)}
     GRANT pg_monitor TO howdah;
     ALTER ROLE howdah CONNECTION LIMIT 6;
     ALTER ROLE howdah SET statement_timeout = '5s';
     ALTER ROLE howdah SET default_transaction_read_only = on;
     CREATE SCHEMA IF NOT EXISTS howdah;
     CREATE TABLE IF NOT EXISTS howdah.probe
       (scope text PRIMARY KEY, n bigint NOT NULL DEFAULT 0, at timestamptz NOT NULL DEFAULT now());
     GRANT USAGE ON SCHEMA howdah TO howdah_probe;
     GRANT SELECT, INSERT, UPDATE ON howdah.probe TO howdah_probe;
     CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION app;
     CREATE TABLE IF NOT EXISTS app.load (id int PRIMARY KEY, n bigint NOT NULL, at timestamptz NOT NULL);
     CREATE TABLE IF NOT EXISTS app.bulk (id int, filler text);
     ALTER TABLE app.bulk ALTER COLUMN filler SET STORAGE PLAIN;
     ALTER TABLE app.load OWNER TO app;
     ALTER TABLE app.bulk OWNER TO app;`,
    [],
    30_000,
  );
}
