import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRecording } from './recording';
import { cluster } from './testkit';

const frame = (scenario: string): string =>
  readFileSync(join(import.meta.dirname, 'testdata', scenario, 'frame-1.json'), 'utf8');

describe('a recording', () => {
  it('made before the DCS was a port means what it says: versions, owners, and which endpoint leads', () => {
    const { dcs } = parseRecording(frame('distro-etcd-alarm'));
    expect(dcs?.keys?.find(({ key }) => key === 'leader')).toEqual({
      key: 'leader',
      value: 'n2',
      version: '1492',
      created: expect.stringMatching(/^\d+$/),
      owner: '2345146132099854563',
    });
    expect(dcs?.keys?.find(({ key }) => key === 'config')).toMatchObject({ version: '1502', owner: null });
    expect(dcs?.position).toMatch(/^\d+$/);
    const status = dcs?.endpoints.map((endpoint) => endpoint.status.good?.value);
    expect(status?.map((value) => value?.role)).toEqual(['leader', 'follower', 'follower']);
    expect(Object.keys(status?.[0] ?? {}).sort()).toEqual(['alarms', 'name', 'role', 'sizeBytes', 'term', 'version']);
  });

  it('of an endpoint that knew of no leader is one without a leader, and one that never answered stays so', () => {
    const states = parseRecording(frame('distro-kill-quorum')).dcs?.endpoints.map(
      ({ status }) => status.good?.value.role ?? null,
    );
    expect(states).toHaveLength(3);
    expect(states).toContain('leaderless');
  });

  it('in the form of today passes as it is, with or without a DCS', () => {
    const members = [{ name: 'n1' }, { name: 'n2' }];
    for (const raw of [cluster({ members }), cluster({ members, dcs: 'never' }), cluster({ members, dcs: 'off' })])
      expect(parseRecording(JSON.stringify(raw))).toEqual(JSON.parse(JSON.stringify(raw)));
  });
});
