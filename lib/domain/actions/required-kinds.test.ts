import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../wire/loose';
import { requiredKinds } from './required-kinds';

const edit = (value: JsonObject) =>
  ({ kind: 'edit_config', baseRevision: '1', baseDigest: null, value, text: null }) as const;

describe('an edited configuration needs the rights to', () => {
  it.each([
    ['nothing more where only settings change', { ttl: 20 }, { ttl: 30 }, ['edit_config']],
    ['pause', {}, { pause: true }, ['edit_config', 'pause']],
    ['resume', { pause: true }, {}, ['edit_config', 'resume']],
    [
      'demote, where a standby cluster comes',
      {},
      { standby_cluster: { host: 'a' } },
      ['edit_config', 'demote_cluster'],
    ],
    [
      'demote, where its source becomes another',
      { standby_cluster: { host: 'a' } },
      { standby_cluster: { host: 'b' } },
      ['edit_config', 'demote_cluster'],
    ],
    ['promote, where it goes', { standby_cluster: { host: 'a' } }, {}, ['edit_config', 'promote_cluster']],
    [
      'promote, where it is emptied',
      { standby_cluster: { host: 'a' } },
      { standby_cluster: {} },
      ['edit_config', 'promote_cluster'],
    ],
    [
      'nothing more where it stays',
      { standby_cluster: { host: 'a' } },
      { standby_cluster: { host: 'a' }, ttl: 30 },
      ['edit_config'],
    ],
  ])('%s', (_, before, after, kinds) => {
    expect(requiredKinds(edit(after as JsonObject), before as JsonObject)).toEqual(kinds);
  });

  it('whatever it does, where it is not known what is there', () => {
    expect(requiredKinds(edit({ standby_cluster: { host: 'a' }, pause: true }), null)).toEqual([
      'edit_config',
      'demote_cluster',
      'pause',
    ]);
  });
});
