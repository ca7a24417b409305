import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { sharedCauses } from '@/lib/domain/cause/shared';
import { type FleetRow, fleetRow } from '@/lib/domain/fleet';
import { steady } from '@/lib/domain/testkit';
import { SharedBanner } from './shared-banner';

const members = [{ name: 'n1' }, { name: 'n2' }];
const row = (scope: string, dcs: 'fresh' | 'stale'): FleetRow => ({
  ...fleetRow(steady({ members, dcs }, 8), []),
  scope,
});
const drawn = (rows: readonly FleetRow[]): string => renderToStaticMarkup(<SharedBanner causes={sharedCauses(rows)} />);

describe('the banner above the fleet', () => {
  it('says a trouble of several clusters once, with each of them as a link', () => {
    const html = drawn([row('billing', 'stale'), row('a b/c', 'stale'), row('shop', 'fresh')]);
    expect(html.match(/<section/g)).toHaveLength(1);
    expect(html).toContain('The DCS of 2 clusters does not answer');
    expect(html).toContain('2 clusters</summary>');
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href).sort()).toEqual([
      ...['/clusters/a%20b%2Fc', '/clusters/billing'],
    ]);
  });

  it('is not there for the trouble of one cluster, nor without any', () => {
    expect(drawn([row('billing', 'stale'), row('shop', 'fresh')])).toBe('');
    expect(drawn([row('billing', 'fresh'), row('shop', 'fresh')])).toBe('');
  });
});
