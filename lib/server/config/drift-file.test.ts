import { describe, expect, it } from 'vitest';
import { loadGood, loadProblems, yaml } from './test-load';

const of = (text: string) => yaml(`drift:\n${text.replace(/^/gm, '  ')}`);

describe('drift in howdah.yaml', () => {
  it('is each ten minutes and without profiles where nothing is said', () => {
    expect(loadGood(yaml('')).drift).toEqual({ everyMinutes: 10, profiles: [] });
  });

  it('takes what a profile does not say from the one built in', () => {
    const { drift } = loadGood(
      of(
        'profiles:\n  - {name: prod, labels: {env: prod}, synchronousMode: true, settings: {jit: off, work_mem: 8MB}}',
      ),
    );
    expect(drift.profiles).toEqual([
      {
        ...{ name: 'prod', scopes: null, labels: { env: 'prod' }, dataChecksums: true, synchronousMode: true },
        ...{
          newestMinor: true,
          supportedMajor: true,
          sameOnAllMembers: true,
          settings: { jit: 'off', work_mem: '8MB' },
        },
      },
    ]);
  });

  it.each([
    ['everyMinutes: 0', 'minutes from 1 to 1440'],
    ['profiles:\n  - {name: prod, checksum: true}', 'unknown'],
    ['profiles:\n  - {name: prod}\n  - {name: prod}', 'a name of its own'],
    ['profiles:\n  - {name: prod, settings: {"a\'b": 1}}', 'a map of at most 50 settings'],
    ['profiles:\n  - {name: prod, dataChecksums: yes please}', 'true or false'],
  ])('refuses %s', (text, expected) => {
    expect(loadProblems(of(text)).join('\n')).toContain(expected);
  });
});
