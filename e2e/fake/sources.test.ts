// The sources while Howdah runs, over real sockets: tried, added, renamed, removed, read again; and what an attacker with an admin's browser
// would try. The collector is the real one, read again as the worker does.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Keys } from '../../lib/server/access/keys';
import { Collector } from '../../lib/server/collector/collector';
import { type LoadResult, loadConfig } from '../../lib/server/config/config';
import { buildSecret } from '../../lib/server/config/secret';
import { sourcesDigest } from '../../lib/server/config/source-digest';
import { Names } from '../../lib/server/names/names';
import { Refusal } from '../../lib/server/route';
import { SourceDesk } from '../../lib/server/sources/desk';
import { liveConfig } from '../../lib/server/sources/live';
import { FakeFleet } from './fleet';
import { PATRONI_PORT } from './patroni';

const SECRET = 's'.repeat(40);
/** As a reader of howdah.yaml would replace it, were it not for the escape. */
const PASSWORD = ['pass$', '{word}-of-nobody'].join('');
const BY = { name: 'anna', address: '10.0.0.9' };
let folder: string;
let fleet: FakeFleet;
let written: string[];
let running: string[];
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'howdah-sources-'));
  mkdirSync(path.join(folder, 'data'));
  fleet = await FakeFleet.start({ scopes: 2, members: 2 });
  written = [];
  running = [];
  ends.push(() => fleet.stop());
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const address = (cluster: number): string => `${fleet.clusters[cluster]?.node('n1').host ?? ''}:${PATRONI_PORT}`;
const write = (yaml: string): void =>
  writeFileSync(path.join(folder, 'howdah.yaml'), `auth: none\ndata: data\n${yaml}`);
const inFile = (...clusters: number[]): void =>
  write(
    `sources:\n${clusters.map((one) => `  - { name: s${one}, patroni: { hosts: "${address(one)}" } }`).join('\n') || '  []'}\n`,
  );

function load(beside: string | null = null): LoadResult {
  const own = path.join(folder, 'data', 'sources.json');
  const readFile = (name: string): string => (beside !== null && name === own ? beside : readFileSync(name, 'utf8'));
  return loadConfig({ argv: [], env: { HOWDAH_SECRET: SECRET }, cwd: folder, readFile });
}

function open() {
  const loaded = load();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const live = liveConfig(loaded.config);
  const names = new Names(loaded.config, Date.now());
  const gone: string[] = [];
  const revisions = new Map<string, number[]>();
  const collector = new Collector({
    ...{ sources: live.config.sources, poll: { ...loaded.config.poll, idleSeconds: 0.2 }, now: Date.now },
    onUpdate: ({ snapshot }) => {
      names.saw([snapshot.scope]);
      revisions.set(snapshot.scope, [...(revisions.get(snapshot.scope) ?? []), snapshot.revision]);
    },
    onGone: (scope) => gone.push(scope),
  });
  ends.push(() => collector.stop());
  collector.start();
  const desk = new SourceDesk({
    ...{ live, names, load, keys: new Keys([buildSecret(SECRET)]), onNames: () => undefined, now: Date.now },
    readAgain: async () => {
      const again = load();
      if (!again.ok) return '';
      collector.setSources(again.config.sources);
      return sourcesDigest(again.config.sources);
    },
    rows: () =>
      collector.scopes().map((scope) => ({ scope, source: collector.snapshotOf(scope)?.source ?? '' }) as never),
    problems: () => collector.state().problems,
    busy: (scopes) => scopes.filter((scope) => running.includes(scope)),
    write: async (kind, note) => void written.push(`${kind} ${note.actor}: ${note.text}`),
  });
  return { desk, collector, gone, revisions, live };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 40_000; !isSo(); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() > end) throw new Error(`waited for ${what}`);
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (Refusal.is(error) ? String(error.body.message) : `not a refusal: ${error}`),
  );

test('an address is tried, added sealed, watched at once and after a start, and removed', async () => {
  inFile();
  const { desk, collector, live } = open();
  const found = await desk.look({
    address: address(0),
    rest: { username: 'patroni', password: PASSWORD },
  });
  const scope = fleet.clusters[0]?.scope ?? '';
  expect(found.scopes).toMatchObject([
    {
      scope,
      known: null,
      members: [
        { rest: true, sql: null },
        { rest: true, sql: null },
      ],
    },
  ]);
  expect([found.kind, found.secrets, found.problems]).toEqual(['patroni', 1, []]);
  expect(found.missing.map(({ title }) => String(title))).toEqual(['No DCS', 'No SQL role']);
  expect(found.missing[1]?.commands.map(({ command }) => command)[0]).toContain('GRANT pg_monitor TO howdah');
  // Nothing counts before it is added.
  expect([live.config.sources, collector.scopes(), written]).toEqual([[], [], []]);
  const { id } = await desk.add({ trial: found.trial ?? '', name: 'mine', scopes: null, labels: { env: 'lab' } }, BY);
  await until('the cluster', () => collector.scopes().includes(scope));
  expect(written).toEqual([`source_added anna: Add the source mine: patroni http://${address(0)}`]);
  const file = path.join(folder, 'data', 'sources.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const text of [readFileSync(file, 'utf8'), JSON.stringify([found, written, desk.list()])])
    expect(text).not.toContain('of-nobody');
  const again = load();
  expect(again.ok && again.config.sources.map((one) => [one.name, one.from, one.patroni.password?.reveal()])).toEqual([
    ['mine', 'added', PASSWORD],
  ]);
  expect(desk.list().sources).toMatchObject([{ id, name: 'mine', from: 'added', line: null, labels: { env: 'lab' } }]);
  await desk.remove(id, BY);
  expect([collector.scopes(), load()]).toMatchObject([[], { ok: true, config: { sources: [] } }]);
});

test('settings read again begin, end and restart sources, and the others notice nothing', async () => {
  inFile(0);
  const { desk, collector, gone, revisions } = open();
  const [first, second] = fleet.clusters.map(({ scope }) => scope);
  if (first === undefined || second === undefined) throw new Error('two clusters');
  await until('the first', () => (revisions.get(first)?.length ?? 0) > 2);
  inFile(0, 1);
  expect(await desk.read(BY)).toMatchObject({ begun: ['s1'], ended: [], restarted: [], later: [] });
  await until('the second', () => collector.scopes().includes(`${second}@s1`));
  write(
    `poll: { idleSeconds: 9 }\nsources:\n  - { name: s0, patroni: { hosts: "${address(0)}" } }\n  - { name: s1, labels: { env: x }, patroni: { hosts: "${address(1)}" } }\n`,
  );
  expect(await desk.read(BY)).toMatchObject({ begun: [], ended: [], restarted: ['s1'], later: ['poll'] });
  await until('its label', () => collector.snapshotOf(`${second}@s1`)?.labels.env === 'x');
  inFile(0);
  expect(await desk.read(BY)).toMatchObject({ ended: ['s1'] });
  expect(gone).toEqual([`${second}@s1`, `${second}@s1`]);
  const before = revisions.get(first)?.length ?? 0;
  await until('the first, still', () => (revisions.get(first)?.length ?? 0) > before + 2);
  const seen = revisions.get(first) ?? [];
  // One after the other from the beginning: it never began anew.
  expect(seen).toEqual(seen.map((_, index) => index + (seen[0] ?? 0)));
  expect(written.at(-1)).toBe('sources_read anna: Read the settings again: s1');
});

test('settings with a problem change nothing and say line and column', async () => {
  inFile(0);
  const { desk, collector, live } = open();
  const [scope = ''] = fleet.clusters.map((one) => one.scope);
  await until('the cluster', () => collector.scopes().includes(scope));
  write('sources:\n  - { name: s0, patroni: { hosts: "http://x/y" } }\n  - { nam: s1 }\n');
  expect(await refusal(desk.read(BY))).toMatch(/howdah\.yaml:4:\d+ .*\n.*howdah\.yaml:5:\d+ /);
  // What was added while the file is broken would count at no start.
  const found = await desk.look({ address: address(1) });
  expect(await refusal(desk.add({ trial: found.trial ?? '', name: 'x', scopes: null, labels: {} }, BY))).toMatch(
    /howdah\.yaml:4/,
  );
  expect([live.config.sources.map(({ name }) => name), collector.scopes(), written]).toEqual([['s0'], [scope], []]);
});

test('nothing is changed under an action that runs', async () => {
  inFile(0);
  const { desk, collector } = open();
  const [scope = ''] = fleet.clusters.map((one) => one.scope);
  await until('the cluster', () => collector.scopes().includes(scope));
  inFile();
  running = [scope];
  expect(await refusal(desk.read(BY))).toContain(`an action runs on ${scope}`);
  expect(collector.scopes()).toEqual([scope]);
  running = [];
  expect(await desk.read(BY)).toMatchObject({ ended: ['s0'] });
});

test('a name keeps its cluster: a rename leaves it, another suffix is refused until it is meant, and then waits for a start', async () => {
  inFile(0);
  const { desk, collector } = open();
  const [, scope = ''] = fleet.clusters.map((one) => one.scope);
  const found = await desk.look({ address: address(1) });
  const { id } = await desk.add({ trial: found.trial ?? '', name: 'other', scopes: null, labels: {} }, BY);
  await until('the cluster', () => collector.scopes().includes(`${scope}@other`));
  await desk.change(id, { name: 'renamed' }, BY);
  await until('it again', () => collector.snapshotOf(`${scope}@other`)?.source === 'renamed');
  const refused = await refusal(desk.change(id, { alias: 'elsewhere' }, BY));
  expect(refused).toContain(`${scope}@other of source renamed would become ${scope}@elsewhere`);
  expect(collector.scopes()).toContain(`${scope}@other`);
  expect(await desk.change(id, { alias: 'elsewhere', moveNames: true }, BY)).toEqual({ id, pending: true });
  expect(written.at(-1)).toContain(`${scope}@other: ${scope}@elsewhere`);
  expect(collector.scopes()).toContain(`${scope}@other`);
  const next = load();
  if (!next.ok) throw new Error('it would start');
  expect(new Names(next.config, Date.now()).moves).toMatchObject([
    { from: `${scope}@other`, to: `${scope}@elsewhere` },
  ]);
});

test('a name of the file is not taken, and one that the file takes later sets the other aside', async () => {
  inFile(0);
  const { desk } = open();
  const found = await desk.look({ address: address(1) });
  const draft = { trial: found.trial ?? '', scopes: null, labels: {} };
  expect(await refusal(desk.add({ ...draft, name: 's0' }, BY))).toContain('in line 4, and the file comes first');
  for (const name of ['../../etc/passwd', '__proto__', 'a b', 'a\nb', 'x'.repeat(65)])
    expect(await refusal(desk.add({ ...draft, name }, BY))).toMatch(/expected a name/);
  await desk.add({ ...draft, name: 's1' }, BY);
  inFile(0, 1);
  const loaded = load();
  expect(loaded.ok && [loaded.config.sources.map(({ from }) => from), String(loaded.config.added[0]?.aside)]).toEqual([
    ['file', 'file'],
    expect.stringContaining('the file comes first'),
  ]);
});

test('what is typed leads neither to the metadata of a cloud nor, where others reach Howdah, to this machine', async () => {
  inFile();
  const { desk, live } = open();
  for (const typed of [
    'http://169.254.169.254:80',
    '[fe80::1]:8008',
    '0.0.0.0:8008',
    '[::ffff:169.254.169.254]:8008',
    'http://[fd00:ec2::254]:2379',
  ]) {
    const { trial, problems } = await desk.look({ address: typed });
    expect([trial, problems.map(String).join()]).toEqual([null, expect.stringContaining('lies outside')]);
  }
  Object.assign(live.config.listen, { host: '0.0.0.0' });
  const { problems } = await desk.look({ address: address(0) });
  expect(problems.map(String).join()).toContain('lies outside');
});

test('networks of the file bound what may be tried, also where a member would lead elsewhere', async () => {
  write(`sources:\n  - { name: far, networks: [127.99.0.0/16], patroni: { hosts: 127.99.0.1 } }\n`);
  const { desk } = open();
  const { trial, problems } = await desk.look({ address: address(0) });
  expect([trial, String(problems[0])]).toEqual([null, expect.stringContaining('lies outside')]);
});

test('no credential of the settings goes to an address that is only tried', async () => {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(JSON.stringify(request.headers));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  write(
    `sources:\n  - name: s0\n    patroni: { hosts: "${address(0)}", username: admin, password: "stored-secret" }\n    postgres: { username: howdah, password: "stored-secret" }\n`,
  );
  const { desk } = open();
  const { problems } = await desk.look({ address: `127.0.0.1:${port}`, kind: 'patroni' });
  expect(problems.map(String).join()).toContain('that is not Patroni');
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.join()).not.toMatch(/authorization|stored-secret|c3RvcmVkLXNlY3JldA/i);
});

test('a pasted file reads no file, no variable and no pod of this machine, and quotes no password', async () => {
  inFile();
  const { desk } = open();
  writeFileSync(path.join(folder, 'pw'), 'hidden-in-a-file');
  const pasted = (text: string) => desk.look({ text });
  const cases: Record<string, RegExp> = {
    'scope: a\netcd3: { host: "127.0.0.1:1", protocol: https, cacert: /etc/passwd }':
      /pasted\.yml:2:\d+ .*no file of this machine is read/,
    'scope: a\nkubernetes: { labels: { app: x } }': /there is no such file|no file of this machine/,
    'scope: a\netcd3: { host: "127.0.0.1:1", username: x, password: [of-nobody] }': /a password as text/,
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]':
      /holds too much/,
    [`a: ${'['.repeat(20_000)}`]: /valid YAML|nested/,
    'x: y': /pasted\.yml:1:1 .*no DCS section/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    const { trial, problems } = await pasted(text);
    expect([trial, problems.map(String).join('\n')]).toEqual([null, expect.stringMatching(expected)]);
    expect(problems.map(String).join('\n')).not.toContain('of-nobody');
  }
});

test('what was sealed by another secret is set aside, and the rest goes on', async () => {
  inFile(0);
  const { desk } = open();
  const found = await desk.look({ address: address(1) });
  await desk.add({ trial: found.trial ?? '', name: 'x', scopes: null, labels: {} }, BY);
  const readFile = (name: string): string => readFileSync(name, 'utf8');
  const env = { HOWDAH_SECRET: 't'.repeat(40) };
  const other = loadConfig({ argv: [], env, cwd: folder, readFile });
  expect(other).toMatchObject({
    ok: true,
    config: { sources: [{ name: 's0' }], added: [{ name: 'x', source: null }] },
  });
  // Another address under the same seal is no source of anybody's.
  const file = path.join(folder, 'data', 'sources.json');
  writeFileSync(
    file,
    readFile(file).replace(/"sealed": "v1\.(.)/, (_, first: string) => `"sealed": "v1.${first === 'A' ? 'B' : 'A'}`),
  );
  expect(load()).toMatchObject({ ok: true, config: { sources: [{ name: 's0' }] } });
  writeFileSync(file, '{"version": 1, "sources": [{"id": 1}]}');
  expect(load()).toMatchObject({ ok: false });
});
