import { describe, expect, it } from 'vitest';
import type { HealthAnswer } from '../../contract/stream';
import { say, type Text } from '../../language/sentence';
import { storeTroubles } from './store-words';

function health(error: Text, problem: Text | null): HealthAnswer {
  const store = { kind: 'postgres', state: 'down', error, notice: null, since: 1, behind: 0 };
  const history = { buffered: 0, droppedSamples: 0, droppedFrames: 0, droppedEvents: 0, problem };
  return { store, history } as unknown as HealthAnswer;
}

describe('what is wrong with the memory', () => {
  it('is said once where the store and the past say the same', () => {
    const keys = (error: Text, problem: Text | null) => storeTroubles(health(error, problem)).map(({ key }) => key);
    expect(keys(say`connection refused`, say`connection refused`)).toEqual(['down']);
    expect(keys(say`connection refused`, say`no answer`)).toEqual(['down', 'history']);
    expect(keys(say`connection refused`, null)).toEqual(['down']);
  });
});
