// Each file of the data folder in turn with a folder in its place, garbage in it, or nobody's permission: a sentence names the file, what
// it is for and what to do; and what does not need it goes on.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { carry } from '../language/carry';
import { EndedGlass } from './access/ended-glass';
import { openKeys } from './access/keys';
import { Maintenances } from './actions/maintenances';
import { Pauses } from './actions/pauses';
import { vapidKeys } from './alerts/receivers/webpush';
import { openJournal } from './audit/journal';
import { AuditStreams } from './audit/streams';
import { buildSecret } from './config/secret';
import { log } from './log';
import { namesProblem } from './names/names';
import { takeLock } from './store/lock';
import { openStore } from './store/store';
import { Walls } from './walls/walls';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0).reverse()) await end();
});

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'howdah-files-'));
  ends.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** What was thrown, or else what the log was told. */
async function said(open: () => unknown): Promise<string> {
  const lines: string[] = [];
  for (const level of ['warn', 'error'] as const)
    vi.spyOn(log, level).mockImplementation(
      (...words: readonly unknown[]) =>
        void lines.push(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(carry(word)))).join(' ')),
    );
  try {
    const value = await open();
    return typeof value === 'string' ? value : lines.join('\n');
  } catch (error) {
    return String(error);
  }
}

const stores = { query: async () => [], onReady: () => () => undefined };
const now = Date.now;

interface File {
  readonly name: string;
  readonly open: (where: string) => unknown;
  readonly use: RegExp;
  readonly todo: RegExp;
  /** Garbage in it has a test of its own, or is no harm. */
  readonly only?: 'folder';
}

const FILES: readonly File[] = [
  {
    name: 'secret',
    open: (where) => void openKeys(where, { current: null, old: [] }),
    use: /keys of sessions/,
    todo: /Put it back .* HOWDAH_SECRET/,
  },
  {
    name: 'walls.json',
    open: (dataDir) => {
      const keys = { sign: () => '', isSigned: () => true };
      new Walls({ store: stores, keys, dataDir, publicUrl: '', now, record: async () => undefined }).stop();
    },
    use: /keeps walls open/,
    todo: /Remove it/,
  },
  { name: 'ended-glass.json', open: (where) => void new EndedGlass(where, now), use: /break-glass/, todo: /Remove it/ },
  {
    name: 'pauses.json',
    open: (dataDir) =>
      new Pauses({ dataDir, now, tell: () => undefined, isPaused: () => null, resume: async () => undefined }).stop(),
    use: /who paused which cluster/,
    todo: /Put it back from a backup or remove it/,
  },
  {
    name: 'maintenances.json',
    open: (dataDir) => void new Maintenances(dataDir, () => undefined),
    use: /which members are out/,
    todo: /Remove it/,
  },
  {
    name: 'vapid.json',
    open: (where) => void vapidKeys(path.join(where, 'vapid.json')),
    use: /web push/,
    todo: /backup/,
  },
  {
    name: 'clusters.json',
    open: (dataDir) => namesProblem({ dataDir, sources: [], moveNames: false, meant: [], replay: null }),
    use: /which cluster goes by which name/,
    todo: /remove it/,
  },
  {
    name: 'lock',
    open: async (where) => {
      const lock = await takeLock(where);
      if (lock.ok) await lock.release();
      return lock.ok ? '' : `${lock.taken} ${lock.message}`;
    },
    use: /^false .*second Howdah/,
    todo: /remove what is there/,
  },
  {
    name: 'owner.json',
    open: async (where) => {
      const lock = await takeLock(where);
      if (lock.ok) await lock.release();
      return lock.ok ? '' : `${lock.taken} ${lock.message}`;
    },
    use: /^false .*who has the data folder/,
    todo: /remove it/,
    only: 'folder',
  },
  ...['journal.jsonl', 'journal.head'].map((name): File => {
    const open = async (where: string): Promise<void> => (await openJournal(where, { now })).close();
    return { name: `audit/${name}`, open, use: /what was done here/, todo: /readable and writable/, only: 'folder' };
  }),
  {
    name: 'audit/stream-siem.json',
    open: async (where) => {
      const journal = await openJournal(where, { now });
      await journal.append('access', 'a', '', {});
      const syslog = { host: '127.0.0.1', port: 1, transport: 'tcp', facility: 13, tls: null } as const;
      const siem = { name: 'siem', what: 'entries', syslog, webhook: null, dropAfter: 10 } as const;
      const streams = new AuditStreams({ folder: where, journal, settings: [siem], now, retryMs: 20 });
      await vi.waitFor(() => expect(streams.states()[0]?.lastError).not.toBeNull());
      await streams.stop();
      await journal.close();
    },
    use: /how far a receiver/,
    todo: /Remove it/,
  },
  {
    name: 'sqlite/store.db',
    open: async (dataDir) => {
      const store = openStore({ dataDir, databaseUrl: null, now, log });
      await vi.waitFor(() => expect(store.state().state).toBe('down'), 20_000);
      const { error } = store.state();
      await store.close();
      return String(error);
    },
    use: /accounts and the past/,
    todo: /back from a backup/,
    only: 'folder',
  },
];

const garbage = FILES.filter(({ only }) => only !== 'folder');

describe('a file of the data folder', () => {
  it.each(FILES)('$name with a folder in its place is named, with its use and what to do', async (file) => {
    const where = folder();
    mkdirSync(path.join(where, file.name), { recursive: true });
    const text = await said(() => file.open(where));
    expect(text).toContain(path.join(where, file.name));
    expect(text).toMatch(file.use);
    expect(text).toMatch(file.todo);
    expect(existsSync(path.join(where, file.name))).toBe(true);
  });

  it.each(garbage)('$name with garbage in it is named, and nothing of the garbage is said', async (file) => {
    const where = folder();
    mkdirSync(path.dirname(path.join(where, file.name)), { recursive: true });
    writeFileSync(path.join(where, file.name), 'hunter2\u0000{'.repeat(20));
    const text = await said(() => file.open(where));
    expect(text).toContain(path.join(where, file.name));
    expect(text).toMatch(file.use);
    expect(text).toMatch(file.todo);
    expect(text).not.toContain('hunter2');
    // What people may want back is not written over.
    expect(readFileSync(path.join(where, file.name), 'utf8')).toContain('hunter2');
  });

  it
    .skipIf(process.getuid?.() !== 0)
    .each(FILES.filter(({ name }) => name !== 'owner.json' && name !== 'sqlite/store.db'))(
    '$name that may not be read is named, with its use and what to do',
    async (file) => {
      const where = folder();
      const at = path.join(where, file.name);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, 'x');
      chmodSync(at, 0);
      for (const one of [where, path.dirname(at)]) chownSync(one, 65_534, 65_534);
      process.seteuid?.(65_534);
      const text = await said(() => file.open(where)).finally(() => process.seteuid?.(0));
      expect(text).toMatch(file.name === 'lock' ? /the folder .* cannot be written: no permission/ : file.use);
      expect(text).toContain('no permission');
      if (file.name !== 'lock') expect(text).toContain(at);
    },
  );

  it('that is not there is no trouble: it is made, or nothing was in it', async () => {
    const where = folder();
    for (const { open } of FILES.filter(({ name }) => !/stream|store.db/.test(name)))
      expect((await said(() => open(where))).replace('null', '')).toBe('');
    expect(readFileSync(path.join(where, 'secret'), 'utf8').trim().length).toBeGreaterThanOrEqual(32);
  });
});

describe('ended break-glass sessions that cannot be read', () => {
  it('end all of before, and none of this start', () => {
    const where = folder();
    writeFileSync(path.join(where, 'ended-glass.json'), '{"break-glass-1": 99');
    vi.spyOn(log, 'error').mockImplementation(() => undefined);
    const glass = new EndedGlass(where, now);
    glass.begun('break-glass-2');
    expect([glass.has('break-glass-1'), glass.has('break-glass-0'), glass.has('break-glass-2')]).toEqual([
      true,
      true,
      false,
    ]);
    glass.add('break-glass-2', now() + 1000);
    expect(glass.has('break-glass-2')).toBe(true);
    const whole = new EndedGlass(where, now);
    expect([whole.has('break-glass-2'), whole.has('break-glass-0')]).toEqual([true, false]);
  });
});

it('a secret that was cut short is not exchanged for another', () => {
  const where = folder();
  openKeys(where, { current: null, old: [] });
  const file = path.join(where, 'secret');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.slice(0, 20));
  expect(() => openKeys(where, { current: null, old: [] })).toThrow('cannot be used: it is not as Howdah writes it');
  expect(readFileSync(file, 'utf8')).toBe(before.slice(0, 20));
  expect(() => openKeys(where, { current: buildSecret('x'.repeat(40)), old: [] })).not.toThrow();
});
