import { describe, expect, it } from 'vitest';
import { shownAddress } from './entry-file';
import { loadGood, loadProblems, yaml } from './test-load';

const SOURCE = 'sources: [{name: a, etcd: {hosts: e1}}]';
const read = (entry: string) => loadGood(yaml(`${SOURCE}\nentries:\n  - ${entry}\n`)).entries;
const wrong = (entry: string): string => loadProblems(yaml(`${SOURCE}\nentries:\n  - ${entry}\n`)).join('\n');

describe('entries', () => {
  it('are none where nothing is said', () => {
    expect(loadGood(yaml(SOURCE)).entries).toEqual([]);
  });

  it('are read with all that each kind can say', () => {
    const [entry] = read(
      '{name: lb-1, scopes: [main, bill*], labels: {site: fra}, sources: [a], networks: 10.0.0.0/8, haproxy: {stats: "https://lb:7000/stats", username: w, password: hunter2, primary: pg_rw, replicas: [pg_ro]}}',
    );
    expect(entry).toMatchObject({
      name: 'lb-1',
      scopes: ['main', 'bill*'],
      labels: { site: 'fra' },
      sources: ['a'],
      networks: ['10.0.0.0/8'],
      way: {
        kind: 'haproxy',
        place: { kind: 'http', url: 'https://lb:7000/stats' },
        username: 'w',
        primary: ['pg_rw'],
        replicas: ['pg_ro'],
      },
    });
    expect(entry?.way.kind === 'haproxy' && entry.way.password?.reveal()).toBe('hunter2');
    expect(JSON.stringify(entry)).not.toContain('hunter2');
    expect(read('{name: p, pgbouncer: {host: 10.0.0.5, username: stats}}')[0]?.way).toMatchObject({
      kind: 'pgbouncer',
      port: 6432,
      allowCleartext: false,
    });
    expect(read('{name: p, pgbouncer: {host: 10.0.0.5, username: stats}}')[0]?.way).toMatchObject({ admin: null });
    const [paused] = read('{name: p, pgbouncer: {host: a, username: s, admin: {username: boss, password: hunter2}}}');
    expect(paused?.way).toMatchObject({ admin: { username: 'boss' } });
    expect(JSON.stringify(paused)).not.toContain('hunter2');
    expect(read('{name: v, scopes: main, address: {host: db.example.com}}')[0]?.way).toMatchObject({
      kind: 'address',
      port: 5432,
      for: 'primary',
      restPort: 8008,
    });
  });

  it('are shown by an address without credentials', () => {
    const shown = (kind: string): string => read(`{name: x, scopes: main, ${kind}}`).map(shownAddress).join();
    expect(shown('haproxy: {stats: "http://127.0.0.1:7000/", username: a, password: b}')).toBe(
      'http://127.0.0.1:7000/',
    );
    expect(shown('haproxy: {stats: "unix:/run/haproxy/admin.sock"}')).toBe('/run/haproxy/admin.sock');
    expect(shown('haproxy: {stats: "tcp://10.0.0.5:9999"}')).toBe('10.0.0.5:9999');
    expect(shown('address: {host: "fd00::5"}')).toBe('[fd00::5]:5432');
  });

  it.each([
    ['{name: x}', /one of haproxy, pgbouncer, address, the entry has none of them/],
    ['{name: x, haproxy: {stats: "unix:/s"}, address: {host: a}}', /it has haproxy and address/],
    ['{name: x, pgbouncer: {host: a, username: s, admin: {password: b}}}', /admin\.username/],
    ['{name: x, haproxy: {stats: "ftp://a"}}', /entries\[0\]\.haproxy\.stats: expected http/],
    ['{name: x, haproxy: {stats: "http://w:hunter2@lb/"}}', /stats: expected http/],
    ['{name: x, haproxy: {stats: "tcp://lb"}}', /stats: expected http/],
    ['{name: x, haproxy: {stats: "http://lb/", username: w, password: hunter2}}', /https, or allowCleartext: true/],
    ['{name: x, haproxy: {stats: "unix:/s", username: w}}', /a socket asks for none/],
    ['{name: x, haproxy: {stats: "https://lb/", password: hunter2}}', /username is missing/],
    ['{name: x, haproxy: {stats: "http://lb/", tls: {verify: false}}}', /https, because tls is given/],
    ['{name: x, pgbouncer: {host: p}}', /username/],
    ['{name: x, pgbouncer: {host: "p/q", username: s}}', /a host name or an address/],
    ['{name: x, address: {host: a}}', /scopes: expected the one cluster whose address it is/],
    ['{name: x, scopes: [a, b], address: {host: a}}', /the one cluster/],
    ['{name: x, scopes: "a*", address: {host: a}}', /the one cluster/],
    ['{name: x, scopes: a, address: {host: a, for: reads}}', /primary or replicas/],
    ['{name: x, sources: b, haproxy: {stats: "unix:/s"}}', /one of a/],
    ['{name: x, scope: a, address: {host: a}}', /did you mean "scopes"/],
  ])('%s is refused where it stands, and no secret is told', (entry, expected) => {
    const problems = wrong(entry);
    expect(problems).toMatch(expected);
    expect(problems).toMatch(/^howdah\.yaml:3:/m);
    expect(problems).not.toContain('hunter2');
  });

  it('have names of their own', () => {
    const twice = `${SOURCE}\nentries: [{name: x, haproxy: {stats: "unix:/a"}}, {name: x, haproxy: {stats: "unix:/b"}}]`;
    expect(loadProblems(yaml(twice)).join()).toContain('another entry has the same name');
  });

  it('send a password in the clear where that was said, and to this machine', () => {
    const said = '{name: x, haproxy: {stats: "http://lb/", username: w, password: p, allowCleartext: true}}';
    expect(read(said)).toHaveLength(1);
    expect(read('{name: x, haproxy: {stats: "http://127.0.0.1/", username: w, password: p}}')).toHaveLength(1);
  });
});
