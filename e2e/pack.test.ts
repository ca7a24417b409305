// What a package may hold, what it says of itself, and what it lays down on a Linux. That it runs is asked of the package itself:
// `npm run pack -- verify`, a step of `npm test`.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageProblem } from '../lib/server/packaged';
import type { LockedPackage } from './dependencies';
import { archive } from './pack/archive';
import { machineOf } from './pack/bundle';
import { containerSettings, USER } from './pack/container';
import { foreignFiles } from './pack/files-list';
import { billOf, partsOf } from './pack/licences';
import { settingsOf } from './pack/linux';

const FILES = path.join(import.meta.dirname, 'pack/files');
const read = (name: string): string => readFileSync(path.join(FILES, name), 'utf8');

describe('the files of a package', () => {
  it('are those that run', () => {
    const needed = [
      ...['package.json', 'LICENSE', 'README.md', 'howdah.mjs', 'howdah.example.yaml', 'sbom.cdx.json'],
      ...['app/server/start.mjs', 'app/server/chunk-22HAIBER.mjs', 'app/.next/BUILD_ID', 'app/public/live-worker.js'],
      ...['app/.next/server/app/page.js', 'app/.next/static/chunks/a.css', 'app/.next/static/media/a.p.woff2'],
      ...['app/node_modules/etcd3/proto/rpc.proto', 'app/node_modules/undici/lib/web/cache/cache.js'],
      'app/node_modules/@node-rs/argon2-linux-x64-gnu/argon2.linux-x64-gnu.node',
    ];
    expect(foreignFiles(needed)).toEqual([]);
  });

  it.each([
    ...['howdah.yaml', '.npmrc', '.env', 'app/.env.local', 'app/server/secret', '.howdah/secret', 'app/server/tls.key'],
    ...[
      'lib/server/start.ts',
      'e2e/test.ts',
      'app/server/start.mjs.map',
      'lib/domain/testdata/distro-healthy/one.json',
    ],
    ...['app/server/start.test.mjs', 'app/.next/cache/x.json', 'app/.next/server/app/page.js.nft.json'],
    ...['app/.next/server/app/page.js.map', 'app/node_modules/esbuild/lib/main.js', '.git/config', 'docs/access.md'],
    ...['app/node_modules/@next/swc-linux-x64-gnu/next-swc.linux-x64-gnu.node', 'app/node_modules/a/testdata/b.json'],
    ...['app/node_modules/sharp/lib/index.js', 'app/node_modules/vitest/dist/index.js', 'sbom.cdx.json.log'],
  ])('are never %s', (file) => {
    expect(foreignFiles(['package.json', file])).toEqual([file]);
  });
});

describe('the parts of a package', () => {
  const locked = (name: string, more: Partial<LockedPackage> = {}): LockedPackage => ({
    name,
    folder: `node_modules/${name}`,
    version: '1.2.3',
    licence: 'MIT',
    isDev: false,
    isOptional: false,
    hasScript: false,
    ...more,
  });

  it('are what Howdah runs with: not what builds or tests it, and of another platform only what is there', () => {
    const all = [
      locked('pg'),
      locked('vitest', { isDev: true }),
      locked('esbuild'),
      locked('@node-rs/argon2-linux-x64-gnu', { isOptional: true }),
      locked('@node-rs/argon2-win32-x64-msvc', { isOptional: true }),
    ];
    const parts = partsOf(all, (name) => name === '@node-rs/argon2-linux-x64-gnu');
    expect(parts.map(({ name }) => name)).toEqual(['pg', '@node-rs/argon2-linux-x64-gnu']);
  });

  it('are named once, by purl, with their licence: an expression is no licence of its own', () => {
    const twice = [locked('a'), locked('a', { folder: 'node_modules/b/node_modules/a' })];
    const parts = partsOf([...twice, locked('@x/y', { licence: '(MIT OR Apache-2.0)' })], () => true);
    expect(billOf('9.9.9', parts)).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'howdah', version: '9.9.9' } },
      components: [
        { purl: 'pkg:npm/%40x/y@1.2.3', licenses: [{ expression: '(MIT OR Apache-2.0)' }] },
        { purl: 'pkg:npm/a@1.2.3', licenses: [{ license: { id: 'MIT' } }] },
      ],
    });
  });
});

describe('an archive', () => {
  it('of the same files is the same bytes, whoever wrote them in whatever order and when', () => {
    const place = mkdtempSync(path.join(tmpdir(), 'howdah-archive-'));
    const made = [
      ['a', 'b'],
      ['b', 'a'],
    ].map((names, at) => {
      const folder = path.join(place, String(at), 'package');
      mkdirSync(folder, { recursive: true });
      for (const name of names) writeFileSync(path.join(folder, name), `content of ${name}`);
      for (const name of names) utimesSync(path.join(folder, name), at, at);
      chmodSync(path.join(folder, 'a'), at === 0 ? 0o600 : 0o644);
      const file = path.join(place, `${at}.tgz`);
      archive(file, folder, 1_700_000_000);
      return readFileSync(file).toString('base64');
    });
    rmSync(place, { recursive: true });
    expect(made[0]).toBe(made[1]);
  });

  it('of a platform is checked by the header of its binaries', () => {
    expect(machineOf(process.execPath)).toBe(`${process.platform}-${process.arch}`);
    expect(machineOf(path.join(FILES, 'launch.sh'))).toBeNull();
  });
});

describe('a package', () => {
  it('says what it cannot do without its sources, and serves without a path', () => {
    expect(packageProblem(false, '')).toBeNull();
    expect(packageProblem(true, '')).toMatch(/--dev needs the sources/);
    expect(packageProblem(false, '/db/howdah')).toMatch(/the path \/db\/howdah.*host name of its own/);
  });

  it('has settings that Howdah reads, with the data folder of the service and nothing to watch yet', () => {
    const settings = settingsOf(readFileSync('howdah.example.yaml', 'utf8'));
    expect(parse(settings)).toEqual({ data: '/var/lib/howdah', sources: [] });
    expect(settings).toContain('#  - name: local');
  });

  const usage = readFileSync('lib/cli/main.ts', 'utf8').split('`;')[0] ?? '';
  const commands = [
    ...new Set([...usage.matchAll(/^(?:const USAGE = `usage:)? *howdah ([a-z-]+)/gm)].map(([, name = '']) => name)),
  ];

  it('completes and describes every command', () => {
    expect(commands.length).toBeGreaterThan(12);
    const listed = /local commands='([^']*)'/.exec(read('completion.bash'))?.[1]?.split(' ') ?? [];
    expect([...listed].sort()).toEqual([...commands].sort());
    const manual = read('howdah.1').replaceAll('\\-', '-');
    expect(commands.filter((name) => !new RegExp(`\\b${name}\\b`).test(manual))).toEqual([]);
  });

  it('has scripts that a shell can read', () => {
    for (const name of ['launch.sh', 'postinstall.sh', 'preremove.sh', 'postremove.sh'])
      expect(execFileSync('sh', ['-n', path.join(FILES, name)], { encoding: 'utf8' })).toBe('');
    expect(execFileSync('bash', ['-n', path.join(FILES, 'completion.bash')], { encoding: 'utf8' })).toBe('');
  });

  it('completes names of clusters, and runs nothing that stands in one', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'howdah-completion-'));
    try {
      const fleet = JSON.stringify([
        { scope: 'orders' },
        { scope: 'demo/0' },
        // A DCS takes any name.
        ...[`$(touch\${IFS}${folder}/run)`, `\`touch ${folder}/run\``, '$HOME', '~root', '{a,b}'].map((scope) => ({
          scope,
        })),
      ]);
      const script = `howdah() { printf '%s' "$FLEET"; }; . ${path.join(FILES, 'completion.bash')}
        COMP_WORDS=(howdah show ''); COMP_CWORD=2; _howdah; printf '%s\\n' "\${COMPREPLY[@]}"; ls ${folder}`;
      const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env: { ...process.env, FLEET: fleet } });
      expect(stdout.trim().split('\n')).toEqual(['orders', 'demo/0']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes its data only with purge', () => {
    const run = (script: string, ...args: readonly string[]): string =>
      // Everything that would change the machine says so instead.
      execFileSync(
        'sh',
        [
          '-c',
          `rm() { echo rm "$@"; }; userdel() { echo userdel; }; getent() { true; }; systemctl() { true; }; . "${path.join(FILES, script)}"`,
          script,
          ...args,
        ],
        { encoding: 'utf8' },
      );
    for (const word of ['remove', 'upgrade', '0', '1']) expect(run('postremove.sh', word)).toBe('');
    expect(run('postremove.sh', 'purge')).toBe('rm -rf /var/lib/howdah /etc/howdah\nuserdel\n');
  });
});

describe('the service', () => {
  const unit = read('howdah.service');

  it('runs as its own user, on the settings of the package, and not again after a wrong one', () => {
    for (const line of [
      ...['User=howdah', 'ExecStart=/usr/bin/howdah start --config /etc/howdah/howdah.yaml', 'StateDirectory=howdah'],
      ...['RestartPreventExitStatus=2', 'CapabilityBoundingSet=', 'NoNewPrivileges=yes', 'ProtectSystem=strict'],
    ])
      expect(unit.split('\n')).toContain(line);
  });

  it('is exposed less than 2.5 of 10, as systemd counts', () => {
    const file = path.join(FILES, 'howdah.service');
    const asked = spawnSync('systemd-analyze', ['security', '--offline=true', file], { encoding: 'utf8' });
    expect(asked.error).toBeUndefined();
    const level = Number(/Overall exposure level for howdah\.service: ([\d.]+)/.exec(asked.stdout)?.[1]);
    expect(level).toBeLessThan(2.5);
  });
});

describe('what is deployed', () => {
  const ROOT = path.resolve(import.meta.dirname, '..');
  const deployed = (name: string): string => readFileSync(path.join(ROOT, 'deploy', name), 'utf8');
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

  it('has the version of the package', () => {
    expect(parse(deployed('helm/howdah/Chart.yaml'))).toMatchObject({ version, appVersion: version });
    expect(parse(deployed('compose.yaml')).services.howdah.image).toBe(`howdah:${version}`);
    expect(deployed('Dockerfile')).toContain(`VERSION=${version}`);
  });

  it('runs as the user of the image, with its folders', () => {
    const set = deployed('helm/howdah/templates/stateful-set.yaml');
    expect(set).toContain(`runAsUser: ${USER}`);
    expect(deployed('Dockerfile')).toContain(`USER ${USER}:${USER}`);
    expect(parse(deployed('compose.yaml')).services.howdah).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      volumes: ['data:/var/lib/howdah', './howdah.yaml:/etc/howdah/howdah.yaml:ro'],
    });
  });

  it('watches nothing until it is told what, and is reached through the port that is published', () => {
    const settings = parse(containerSettings(readFileSync(path.join(ROOT, 'howdah.example.yaml'), 'utf8')));
    expect(settings).toMatchObject({ listen: { host: '0.0.0.0' }, data: '/var/lib/howdah', sources: [] });
  });
});
