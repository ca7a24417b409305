import { describe, expect, it } from 'vitest';
import { loadGood, loadProblems, yaml } from './test-load';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz';
const of = (text: string) => yaml(`backups:\n${text.replace(/^/gm, '  ')}`);

describe('backups in howdah.yaml', () => {
  it('without them nobody reports, and nothing is asked', () => {
    expect(loadGood(yaml('')).backups).toEqual({ reportHours: 26, push: [], pull: [], policies: [] });
  });

  it('are read, and a token is never shown', () => {
    const { backups } = loadGood(
      of(`push: [{ name: host, token: ${TOKEN}, scopes: [orders] }]
pull: [{ name: repo, repository: /srv/repo }, { name: web, url: "https://b.example/x.json", cluster: orders }]
policies: [{ labels: { env: prod }, fullDays: 8, windowDays: 14 }]`),
    );
    expect(backups.push[0]).toMatchObject({ name: 'host', scopes: ['orders'] });
    expect(backups.push[0]?.token.reveal()).toBe(TOKEN);
    expect(JSON.stringify(backups)).not.toContain(TOKEN);
    expect(backups.pull).toMatchObject([
      { repository: '/srv/repo', url: null, everySeconds: 300 },
      { repository: null, cluster: 'orders' },
    ]);
    expect(backups.policies).toEqual([
      { scopes: null, labels: { env: 'prod' }, policy: { fullDays: 8, anyHours: null, windowDays: 14 } },
    ]);
  });

  it.each([
    ['push: [{ name: host, token: short }]', /token of 24/],
    ['push: [{ name: host }]', /token/],
    [`push: [{ name: a, token: ${TOKEN} }, { name: a, token: ${TOKEN} }]`, /a name of its own/],
    ['pull: [{ name: x }]', /one of url and repository/],
    ['pull: [{ name: x, url: "https://b/x", repository: /srv }]', /it has both/],
    ['pull: [{ name: x, url: "https://u:p@b/x" }]', /without user and password/],
    ['pull: [{ name: x, url: "ftp://b/x" }]', /http/],
    ['pull: [{ name: x, url: "http://b/x", username: u, password: p }]', /in the clear/],
    ['pull: [{ name: x, url: "https://b/x", password: p }]', /username beside it/],
    ['policies: [{ fullDays: 0 }]', /days from 0.1/],
    ['policys: []', /policies/],
  ])('%s is refused in words', (text, words) => {
    expect(loadProblems(of(text)).join('\n')).toMatch(words);
    expect(loadProblems(of(text)).join('\n')).not.toContain(TOKEN);
  });
});
