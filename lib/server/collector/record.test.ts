import { describe, expect, it } from 'vitest';
import { failure } from '../../domain/reading-failure';
import { say } from '../../language/sentence';
import { strip } from './record';

describe('a recording', () => {
  it('holds a sentence as its text, also one that was copied', () => {
    const error = failure('timeout', say`it knows no leader`);
    const text = { kind: 'timeout', message: 'no answer in time: it knows no leader' };
    expect(strip({ error })).toEqual({ error: text });
    expect(strip(structuredClone({ error }))).toEqual({ error: text });
  });

  it('holds no password', () => {
    expect(JSON.stringify(strip({ password: 'hunter2', note: 'postgres://u:hunter2@h/db' }))).not.toContain('hunter2');
  });
});
