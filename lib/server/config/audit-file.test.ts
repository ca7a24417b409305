import { describe, expect, it } from 'vitest';
import { loadGood, loadProblems, yaml } from './test-load';

const stream = (rest: string): string => `audit: {streams: [{name: siem, ${rest}}]}`;

describe('audit', () => {
  it('keeps every file and tells nobody where nothing is said', () => {
    expect(loadGood({}).audit).toEqual({ segmentMegabytes: 64, keepDays: null, streams: [] });
  });

  it.each([
    ['{host: h}', 'tls', 6514],
    ['{host: h, transport: tcp}', 'tcp', 601],
    ['{host: h, transport: udp}', 'udp', 514],
  ])('knows the usual port of syslog %s', (syslog, transport, port) => {
    const [one] = loadGood(yaml(stream(`syslog: ${syslog}`))).audit.streams;
    expect(one).toMatchObject({ name: 'siem', what: 'entries', dropAfter: 100_000, webhook: null });
    expect(one?.syslog).toEqual({ host: 'h', port, transport, facility: 13, tls: null });
  });

  it.each([
    ['audit: {segmentMegabytes: 0}', /segmentMegabytes: expected megabytes from 1/],
    ['audit: {keepDays: 0}', /keepDays: expected days from 1/],
    ['audit: {keep: 5}', /keep/],
    [stream('what: heads'), /expected one of syslog, webhook: the stream has none of them|none of them/],
    [stream('syslog: {host: h}, webhook: {url: "https://h/p"}'), /it has both/],
    [stream('syslog: {host: h, transport: tcp, tls: {verify: false}}'), /transport: tls beside it/],
    [stream('syslog: {host: h, facility: 24}'), /facility/],
    [stream('webhook: {url: "ftp://h/secret-path"}'), /not shown/],
    [stream('what: all, syslog: {host: h}'), /what/],
  ])('refuses %s', (text, words) => {
    const problems = loadProblems(yaml(text)).join('\n');
    expect(problems).toMatch(words);
    expect(problems).not.toContain('secret-path');
  });
});
