import type { Drift, SettingsDrift } from '@/lib/client/drift/drift';
import { form, t } from '@/lib/client/words/text';

type Origin = NonNullable<SettingsDrift['differing'][number]['values'][number]['origin']>;

const ORIGINS: Readonly<Record<Origin, string>> = {
  default: form('built in'),
  patroni: form('written by Patroni'),
  alter_system: form('ALTER SYSTEM'),
  command_line: form('command line'),
  base_file: form('postgresql.base.conf'),
  file: form('a file'),
  machine: form('its machine'),
};

export function originWord(origin: Origin): string {
  return t(ORIGINS[origin]);
}

const KINDS: Readonly<Record<Drift['differences'][number]['kind'], string>> = {
  postgresql: form('version'),
  patroni: form('version'),
  checksums: form('checksums'),
  library: form('library that sorts'),
  collation: form('collation of a database'),
  locale: form('locale'),
  extension: form('extension'),
  hba: form('pg_hba rule'),
  hba_error: form('error in pg_hba'),
};

export function kindWord(kind: Drift['differences'][number]['kind']): string {
  return t(KINDS[kind]);
}

const STATEMENTS: Readonly<Record<Drift['members'][number]['costs'][number]['statement'], string>> = {
  settings: form('settings'),
  catalog: form('collations'),
  extensions: form('extensions'),
  hba: form('pg_hba rules'),
};

export function statementWord(statement: Drift['members'][number]['costs'][number]['statement']): string {
  return t(STATEMENTS[statement]);
}
