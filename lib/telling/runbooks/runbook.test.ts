import { describe, expect, it } from 'vitest';
import { fillLink, isAbout, parseRunbook, unknownLinkFields } from './runbook';

const place = { scope: 'prod-orders', labels: { env: 'prod' } };

describe('a runbook', () => {
  it('is about the code that is its name, everywhere, where it says nothing else', () => {
    expect(parseRunbook('no_leader.md', '# Nobody leads\n\nCall the DBA.')).toEqual({
      ...{ file: 'no_leader.md', title: 'Nobody leads', text: '# Nobody leads\n\nCall the DBA.' },
      ...{ codes: ['no_leader'], scopes: null, labels: {} },
    });
  });

  it('is about findings, causes, clusters and labels that it names', () => {
    const made = parseRunbook(
      'leader.md',
      '---\nfor: no_leader, leader_gone_paused\nscopes: prod-*\nlabels: env=prod\n---\nText',
    );
    expect(made).toMatchObject({
      codes: ['no_leader', 'leader_gone_paused'],
      scopes: ['prod-*'],
      labels: { env: 'prod' },
      text: 'Text',
      title: 'leader.md',
    });
    if (!('codes' in (made as object))) throw new Error('not read');
    const runbook = made as Exclude<typeof made, string | { carried: unknown }>;
    expect(isAbout(runbook as never, place)).toBe(true);
    expect(isAbout(runbook as never, { ...place, labels: { env: 'test' } })).toBe(false);
    expect(isAbout(runbook as never, { ...place, scope: 'test-orders' })).toBe(false);
  });

  it.each([
    ['leader.md', 'text', 'leader.md: "leader" is no code of a finding or a cause'],
    ['a.md', '---\nfor: no_leader\nowner: me\n---\n', 'expected lines for:, scopes: and labels:'],
    ['a.md', '---\nfor: no_leader\nlabels: prod\n---\n', 'expected labels as key=value'],
  ])('%s %j is refused and says why', (file, text, why) => {
    expect(String(parseRunbook(file, text))).toContain(why);
  });
});

describe('a link', () => {
  it('has its fields filled and encoded, so that a name leads nowhere else', () => {
    const template = 'https://grafana/d/x?var-scope={scope}&env={label.env}&m={member}';
    expect(fillLink(template, { scope: 'a&b/../c', member: 'n1' }, place.labels)).toBe(
      'https://grafana/d/x?var-scope=a%26b%2F..%2Fc&env=prod&m=n1',
    );
  });

  it('is none where what it asks for is not there', () => {
    expect(fillLink('https://logs/{member}', { scope: 'a', member: null }, {})).toBeNull();
    expect(fillLink('https://logs/{label.team}', { scope: 'a' }, place.labels)).toBeNull();
  });

  it('names fields that nothing fills', () => {
    expect(unknownLinkFields('https://x/{scop}/{member}/{label.env}/{label.}')).toEqual(['scop', 'label.']);
  });
});
