// An edit of pg_hba is taken up when every member has loaded a file that PostgreSQL can read.
import { describe, expect, it } from 'vitest';
import type { SettingsAnswer } from '../../contract/actions';
import type { ActionRecord } from '../../domain/actions/action';
import { steady } from '../../domain/testkit';
import type { JsonObject } from '../../domain/wire/loose';
import { changesFiles, type LoadedFiles, uptakeOfChange } from './uptake';

const snapshot = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const settings: SettingsAnswer = {
  scope: 'demo',
  at: 20_000,
  versions: {},
  members: ['n1', 'n2'].map((name) => ({ name, version: '15.18', problem: null, values: [] })),
};
const edit = (value: JsonObject, before: JsonObject = {}): ActionRecord =>
  ({ request: { kind: 'edit_config', value }, before: { config: before }, sentAt: 10_000 }) as unknown as ActionRecord;
const hba = edit({ postgresql: { pg_hba: ['host all all all md5'] } });
const of = (n1: LoadedFiles, n2: LoadedFiles) =>
  uptakeOfChange(
    hba,
    settings,
    snapshot,
    new Map([
      ['n1', n1],
      ['n2', n2],
    ]),
  );
const fine = { loadedAt: 12_000, errors: [] };

describe('an edit of pg_hba', () => {
  it.each<[string, LoadedFiles, string]>([
    ['loaded and readable', fine, 'taken'],
    ['loaded, and the role may not look into it', { loadedAt: 12_000, errors: null }, 'taken'],
    ['not loaded since the save', { loadedAt: 9_000, errors: [] }, 'waiting'],
    ['a line that PostgreSQL refuses', { loadedAt: 12_000, errors: ['line 3: invalid'] }, 'ignored'],
    ['that cannot be asked', { loadedAt: null, errors: null }, 'unknown'],
  ])('%s', (_name, n2, state) => {
    expect(of(fine, n2)).toEqual({ n1: 'taken', n2: state });
  });

  it('is what changes pg_hba or pg_ident, and nothing else', () => {
    expect(changesFiles(hba)).toBe(true);
    expect(changesFiles(edit({ postgresql: { pg_ident: ['a b c'] } }))).toBe(true);
    expect(changesFiles(edit({ ttl: 30, postgresql: { pg_hba: ['a'] } }, { postgresql: { pg_hba: ['a'] } }))).toBe(
      false,
    );
    expect(uptakeOfChange(edit({ ttl: 30 }), settings, snapshot, null)).toBeNull();
  });
});
