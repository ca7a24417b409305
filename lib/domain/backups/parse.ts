// Reads what backup tools print: `pgbackrest info --output=json` and its backup.info, `barman -f json list-backups`, `wal-g backup-list
// --detail --json`, and `pgbackrest repo-ls --output=json` of an archive. Total: whatever it is given, it answers stanzas or words. The
// text is not parsed as it is: whole numbers that a double cannot hold are read as text first, for system identifiers are such.
import { say, type Text } from '../../language/sentence';
import { field, isObject, type Json, list, notNegative, parseJson, positive, text } from '../wire/loose';
import { identifier } from '../wire/patroni';
import type { Backup, Repository, Stanza } from './backup';
import { type WalFile, walName } from './wal-names';

export type Report =
  | { readonly kind: 'stanzas'; readonly stanzas: readonly Stanza[] }
  | { readonly kind: 'archive'; readonly files: readonly WalFile[] }
  | { readonly kind: 'problem'; readonly text: Text };

export const STANZAS_MAX = 100;
/** The newest of a stanza. */
const BACKUPS_MAX = 1000;
const REPOSITORIES_MAX = 16;
const TEXT_MAX = 200;

export function parseReport(written: string): Report {
  const body = written.trim();
  if (body === '') return problem(say`it is empty`);
  if (body.startsWith('[') && !/^\[\s*[\]{["\d]/.test(body)) return fromInfo(body, '');
  const value = parseJson(quoteLong(body));
  if (Array.isArray(value)) return fromArray(value);
  if (isObject(value)) return fromObject(value);
  return problem(say`it is not JSON, or nests too deep`);
}

const problem = (words: Text): Report => ({ kind: 'problem', text: words });

function fromArray(value: readonly Json[]): Report {
  if (value.length === 0) return problem(say`it lists nothing: the tool knows no stanza and no backup`);
  if (value.some((one) => text(field(one, 'backup_name')) !== null)) return stanzas(walG(value));
  if (value.some((one) => text(field(one, 'name')) !== null && isObject(field(one, 'status'))))
    return stanzas(value.flatMap(pgBackRest));
  return problem(say`it is JSON, but of no tool that is known here`);
}

function fromObject(value: Readonly<Record<string, unknown>>): Report {
  const entries = Object.entries(value);
  const isArchive = entries.some(([path, one]) => field(one, 'type') === 'file' && walName(path) !== null);
  if (isArchive)
    return {
      kind: 'archive',
      files: entries.map(([name, one]) => ({
        name,
        bytes: notNegative(field(one, 'size')),
        at: seconds(field(one, 'time')),
      })),
    };
  const isBarman = entries.length > 0 && entries.every(([, one]) => Array.isArray(one));
  return isBarman ? stanzas(entries.map(barman)) : problem(say`it is JSON, but of no tool that is known here`);
}

function stanzas(found: readonly Stanza[]): Report {
  return found.length === 0
    ? problem(say`it names no stanza`)
    : { kind: 'stanzas', stanzas: found.slice(0, STANZAS_MAX) };
}

/** A name or a word of the tool, as it may be shown and kept. */
function word(value: Json): string | null {
  return (
    text(value)
      ?.replace(/\p{Cc}/gu, ' ')
      .slice(0, TEXT_MAX) ?? null
  );
}

const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

const between = (at: number): number | null => (at > EARLIEST_MS && at < LATEST_MS ? at : null);
const seconds = (value: Json): number | null => between((positive(value) ?? 0) * 1000);
/** WAL-G writes UTC. */
const iso = (value: Json): number | null => between(Date.parse(text(value) ?? ''));

/** Wholly in capital hex, as PostgreSQL writes it. */
const wal = (value: Json): string | null => (/^[0-9A-F]{24}$/.test(text(value) ?? '') ? text(value) : null);

const NOTHING = { problem: null, repositories: [], running: null, progress: null, lastWal: null, wal: null } as const;

function newest(backups: readonly Backup[]): readonly Backup[] {
  const at = ({ endedAt, startedAt }: Backup): number => endedAt ?? startedAt ?? 0;
  return [...backups].sort((a, b) => at(a) - at(b) || (a.label < b.label ? -1 : 1)).slice(-BACKUPS_MAX);
}

// ---- pgBackRest

/** A stanza for each system identifier: after an upgrade it holds backups of the cluster before, too. */
function pgBackRest(one: Json): Stanza[] {
  const name = word(field(one, 'name'));
  if (name === null) return [];
  const status = field(one, 'status');
  const lock = field(field(status, 'lock'), 'backup');
  const shared = {
    tool: 'pgbackrest' as const,
    name,
    problem: statusOf(status),
    repositories: list(field(one, 'repo')).slice(0, REPOSITORIES_MAX).map(repository),
    running: field(lock, 'held') === true ? true : null,
    progress: shareOf(lock),
    wal: null,
  };
  const systems = new Map<string, string>();
  for (const db of list(field(one, 'db'))) {
    const system = identifier(field(db, 'system-id'));
    if (system !== null) systems.set(databaseKey(field(db, 'repo-key'), field(db, 'id')), system);
  }
  const keyOf = (value: Json): string =>
    databaseKey(field(field(value, 'database'), 'repo-key'), field(field(value, 'database'), 'id'));
  const of = (value: Json): string | null => systems.get(keyOf(value)) ?? null;
  const ids = systems.size === 0 ? [null] : [...new Set(systems.values())];
  return ids.map((systemIdentifier) => ({
    ...shared,
    systemIdentifier,
    lastWal: lastOf(
      list(field(one, 'archive')).flatMap((entry) =>
        of(entry) === systemIdentifier ? [wal(field(entry, 'max'))] : [],
      ),
    ),
    backups: newest(
      list(field(one, 'backup')).flatMap((entry) => (of(entry) === systemIdentifier ? backup(entry) : [])),
    ),
  }));
}

const databaseKey = (repo: Json, id: Json): string => `${String(repo ?? 1)} ${String(id)}`;

function lastOf(names: readonly (string | null)[]): string | null {
  return (
    names
      .filter((name) => name !== null)
      .sort((a, b) => (a.slice(8) < b.slice(8) ? -1 : 1))
      .at(-1) ?? null
  );
}

function statusOf(status: Json): string | null {
  return field(status, 'code') === 0 ? null : (word(field(status, 'message')) ?? 'unknown');
}

function repository(one: Json): Repository {
  const cipher = text(field(one, 'cipher'));
  return {
    key: String(notNegative(field(one, 'key')) ?? 1),
    encrypted: cipher === null ? null : cipher !== 'none',
    problem: statusOf(field(one, 'status')),
  };
}

/** Told by some versions while a backup runs. */
function shareOf(lock: Json): number | null {
  const [size, done] = [positive(field(lock, 'size')), notNegative(field(lock, 'size-cplt'))];
  return size === null || done === null ? null : Math.min(1, done / size);
}

const KINDS: Readonly<Record<string, Backup['kind']>> = { full: 'full', diff: 'differential', incr: 'incremental' };
const kindOf = (value: Json): Backup['kind'] =>
  (Object.hasOwn(KINDS, String(value)) ? KINDS[String(value)] : null) ?? 'full';

function backup(one: Json): Backup[] {
  const label = word(field(one, 'label'));
  if (label === null) return [];
  const [stamp, archive, info] = [field(one, 'timestamp'), field(one, 'archive'), field(one, 'info')];
  return [
    {
      label,
      kind: kindOf(field(one, 'type')),
      // `error`: pages whose checksum is wrong went into it.
      state: field(one, 'error') === true ? 'failed' : 'good',
      repository: String(notNegative(field(field(one, 'database'), 'repo-key')) ?? 1),
      startedAt: seconds(field(stamp, 'start')),
      endedAt: seconds(field(stamp, 'stop')),
      startWal: wal(field(archive, 'start')),
      stopWal: wal(field(archive, 'stop')),
      prior: word(field(one, 'prior')),
      databaseBytes: notNegative(field(info, 'size')),
      storedBytes: notNegative(field(field(info, 'repository'), 'delta')),
      host: null,
    },
  ];
}

/** backup.info of a repository that is not encrypted. `name`: the stanza, which stands in its path alone. */
export function fromInfo(written: string, name: string): Report {
  let section = '';
  let system: string | null = null;
  let id: number | null = null;
  const rows: { readonly database: number | null; readonly backup: Backup }[] = [];
  for (const line of written.split('\n')) {
    const [, head] = /^\[([\w:-]+)\]\s*$/.exec(line) ?? [];
    if (head !== undefined) section = head;
    const [, key = '', value = ''] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
    if (section === 'db' && key === 'db-system-id') system = identifier(value);
    if (section === 'db' && key === 'db-id') id = positive(value);
    if (section === 'backup:current' && key !== '') rows.push(...infoBackup(key, parseJson(quoteLong(value))));
  }
  if (system === null)
    return problem(say`it is no backup.info of pgBackRest that can be read; is the repository encrypted?`);
  const backups = newest(rows.flatMap(({ database, backup: one }) => (database === id ? [one] : [])));
  const encrypted = [{ key: '1', encrypted: false, problem: null }];
  return stanzas([
    { ...NOTHING, tool: 'pgbackrest', name, systemIdentifier: system, repositories: encrypted, backups },
  ]);
}

function infoBackup(key: string, one: Json) {
  const label = word(key);
  if (label === null || !isObject(one)) return [];
  const at = (name: string): Json => field(one, `backup-${name}`);
  return [
    {
      database: positive(field(one, 'db-id')),
      backup: {
        label,
        kind: kindOf(at('type')),
        state: at('error') === true ? ('failed' as const) : ('good' as const),
        repository: '1',
        startedAt: seconds(at('timestamp-start')),
        endedAt: seconds(at('timestamp-stop')),
        startWal: wal(at('archive-start')),
        stopWal: wal(at('archive-stop')),
        prior: word(at('prior')),
        databaseBytes: notNegative(at('info-size')),
        storedBytes: notNegative(at('info-repo-size-delta')),
        host: null,
      },
    },
  ];
}

// ---- Barman

const BARMAN_STATES: Readonly<Record<string, Backup['state']>> = {
  DONE: 'good',
  WAITING_FOR_WALS: 'partial',
  FAILED: 'failed',
  STARTED: 'running',
  EMPTY: 'running',
  SYNCING: 'partial',
};

function barman([server, rows]: readonly [string, unknown]): Stanza {
  const backups = list(rows).flatMap((one): Backup[] => {
    const label = word(field(one, 'backup_id'));
    if (label === null) return [];
    const status = String(field(one, 'status'));
    const prior = word(field(one, 'parent_backup_id'));
    return [
      {
        label,
        kind: prior === null ? 'full' : 'incremental',
        state: (Object.hasOwn(BARMAN_STATES, status) ? BARMAN_STATES[status] : null) ?? 'partial',
        repository: null,
        startedAt: seconds(field(one, 'begin_time_timestamp')),
        endedAt: seconds(field(one, 'end_time_timestamp')),
        startWal: wal(field(one, 'begin_wal')),
        stopWal: wal(field(one, 'end_wal')),
        prior,
        databaseBytes: notNegative(field(one, 'size_bytes')),
        storedBytes: notNegative(field(one, 'size_bytes')),
        host: null,
      },
    ];
  });
  const systemIdentifier = list(rows).reduce<string | null>(
    (id, one) => id ?? identifier(field(one, 'systemid')),
    null,
  );
  return { ...NOTHING, tool: 'barman', name: word(server) ?? '', systemIdentifier, backups: newest(backups) };
}

// ---- WAL-G

function walG(rows: readonly Json[]): Stanza[] {
  const systems = new Set(rows.map((one) => identifier(field(one, 'system_identifier'))));
  const all = rows.flatMap(walGBackup);
  const whole = new Map(all.map(({ backup: { label } }) => [label.slice(0, PARENT_LENGTH), label]));
  return [...systems].map((systemIdentifier) => ({
    ...NOTHING,
    tool: 'wal-g' as const,
    name: '',
    systemIdentifier,
    backups: newest(
      all.flatMap(({ system, parent, backup: one }) =>
        system === systemIdentifier ? [{ ...one, prior: parent === null ? null : (whole.get(parent) ?? parent) }] : [],
      ),
    ),
  }));
}

/** `base_` and a WAL file: the name of a backup without what it builds on. */
const PARENT_LENGTH = 29;

/** base_<WAL> builds on nothing, base_<WAL>_D_<WAL> on the one of that WAL, which may build on another in its turn. */
function walGBackup(one: Json) {
  const label = word(field(one, 'backup_name'));
  if (label === null) return [];
  const [, wal24] = /_D_([0-9A-F]{24})/.exec(label) ?? [];
  const backup: Backup = {
    label,
    kind: wal24 === undefined ? 'full' : 'incremental',
    state: 'good',
    repository: null,
    startedAt: iso(field(one, 'start_time')),
    endedAt: iso(field(one, 'finish_time')) ?? iso(field(one, 'time')),
    startWal: wal(field(one, 'wal_file_name')),
    stopWal: null,
    prior: null,
    databaseBytes: notNegative(field(one, 'uncompressed_size')),
    storedBytes: notNegative(field(one, 'compressed_size')),
    host: word(field(one, 'hostname')),
  };
  const parent = wal24 === undefined ? null : `base_${wal24}`;
  return [{ system: identifier(field(one, 'system_identifier')), parent, backup }];
}

/** Whole numbers of sixteen digits or more become text; what stands in quotes stays as it is. One walk, whatever the text is. */
export function quoteLong(json: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0; at < json.length; at += 1) {
    const char = json[at] ?? '';
    if (char === '"') {
      for (at += 1; at < json.length && json[at] !== '"'; at += 1) if (json[at] === '\\') at += 1;
    } else if (char >= '0' && char <= '9') {
      const from = at;
      while (isOfNumber(json[at + 1])) at += 1;
      if (at - from < 15 || !/^\d+$/.test(json.slice(from, at + 1))) continue;
      parts.push(json.slice(kept, from), '"', json.slice(from, at + 1), '"');
      kept = at + 1;
    }
  }
  return parts.join('') + json.slice(kept);
}

function isOfNumber(char: string | undefined): boolean {
  return char !== undefined && ((char >= '0' && char <= '9') || '.eE+-'.includes(char));
}
