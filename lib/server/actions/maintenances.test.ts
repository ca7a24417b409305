// What is kept of a maintenance through restarts of Howdah between all steps, and what a crash between the journal and the file leaves.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../domain/actions/action';
import { type MaintenanceNote, nextStep } from '../../domain/maintenance-note';
import { testFolder } from '../store/test-store';
import { Maintenances, renameMaintenances } from './maintenances';

let folder: string;
beforeEach(() => {
  folder = testFolder('maintenances');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PLAN = { members: ['n2', 'n3', 'n1'], work: 'kernel', minutes: 30 } as const;
let clock = 1000;

function record(step: 'begin' | 'out' | 'back' | 'end', member: string | null, change: object = {}): ActionRecord {
  clock += 1000;
  return {
    ...{ id: `a${clock}`, scope: 'main', actor: 'anna', reason: 'new kernel', requestedAt: clock - 1, closedAt: clock },
    request: { kind: 'maintenance', step, member, plan: step === 'begin' ? PLAN : null },
    ...{ phase: 'closed', outcome: 'done', bound: { systemIdentifier: '1' } },
    before: { members: ['n1', 'n2', 'n3'].map((name) => ({ name, startedAt: 5, postgres: '17.5', patroni: '4.1.5' })) },
    ...change,
  } as unknown as ActionRecord;
}

const states = (note: MaintenanceNote | undefined): string | undefined =>
  note?.members.map(({ name, state }) => `${name} ${state}`).join(', ');
const open = (tell: () => void = () => undefined): Maintenances => new Maintenances(folder, tell);

describe('a maintenance', () => {
  it('is the same after a restart between each two of its steps, to its end', () => {
    const steps: readonly (readonly [ActionRecord, string | undefined, string | undefined])[] = [
      [record('begin', null), 'n2 waiting, n3 waiting, n1 waiting', 'take_out'],
      [record('out', 'n2'), 'n2 out, n3 waiting, n1 waiting', 'wait'],
      [record('back', 'n2'), 'n2 done, n3 waiting, n1 waiting', 'take_out'],
      [record('out', 'n3'), 'n2 done, n3 out, n1 waiting', 'wait'],
      [record('back', 'n3'), 'n2 done, n3 done, n1 waiting', 'hand_over'],
      [record('out', 'n1'), 'n2 done, n3 done, n1 out', 'wait'],
      [record('back', 'n1'), undefined, undefined],
    ];
    for (const [press, expected, next] of steps) {
      open().onClosed(press);
      const { main } = open().notes;
      expect(states(main)).toBe(expected);
      expect(main === undefined ? undefined : nextStep(main, 'n1')?.kind).toBe(next);
    }
  });

  it.each(['begin', 'out', 'back'] as const)('can be ended after %s, and then nothing is left of it', (last) => {
    const kept = open();
    const all = [record('begin', null), record('out', 'n2'), record('back', 'n2')];
    for (const press of all.slice(0, ['begin', 'out', 'back'].indexOf(last) + 1)) kept.onClosed(press);
    expect(open().notes.main).toBeDefined();
    kept.onClosed(record('end', null));
    expect(open().notes).toEqual({});
  });

  it('keeps who took it out, when, and what it ran then', () => {
    const kept = open();
    kept.onClosed(record('begin', null));
    const out = record('out', 'n3', { actor: 'boris' });
    kept.onClosed(out);
    expect(kept.notes.main?.members[1]).toMatchObject({
      ...{ name: 'n3', state: 'out', outBy: 'boris', outAt: out.closedAt },
      before: { startedAt: 5, postgres: '17.5', patroni: '4.1.5' },
    });
  });

  it('takes a press although the clock was set back meanwhile, and none twice', () => {
    const kept = open();
    kept.onClosed(record('begin', null));
    const out = record('out', 'n2', { closedAt: 1 });
    const back = record('back', 'n2', { closedAt: 2 });
    for (const press of [out, back, out]) kept.onClosed(press);
    expect(states(kept.notes.main)).toBe('n2 done, n3 waiting, n1 waiting');
  });

  it('counts a press once that the journal has and the file does not, and no older one again', () => {
    const [begin, out, back] = [record('begin', null), record('out', 'n2'), record('back', 'n2')];
    const before = open();
    before.onClosed(begin);
    before.onClosed(out);
    // Killed between the outcome of `back` and the file.
    const after = open();
    after.catchUp([back, begin, out]);
    expect(states(after.notes.main)).toBe('n2 done, n3 waiting, n1 waiting');
    after.catchUp([begin, out, back]);
    expect(states(after.notes.main)).toBe('n2 done, n3 waiting, n1 waiting');
  });

  it('does not come back by the journal after it was ended', () => {
    const presses = [record('begin', null), record('out', 'n2'), record('end', null)];
    for (const press of presses) open().onClosed(press);
    const again = open();
    again.catchUp(presses);
    expect(again.notes).toEqual({});
  });

  it('is made from the journal where its file was spoilt', () => {
    writeFileSync(path.join(folder, 'maintenances.json'), '{"main": ');
    const kept = open();
    expect(kept.notes).toEqual({});
    kept.catchUp([record('begin', null), record('out', 'n3')]);
    expect(states(kept.notes.main)).toBe('n2 waiting, n3 out, n1 waiting');
  });

  it.each(['refused', 'unknown'] as const)('is not changed by a press that ended as %s', (outcome) => {
    let told = 0;
    const kept = open(() => {
      told += 1;
    });
    kept.onClosed(record('begin', null));
    kept.onClosed(record('out', 'n2', { outcome }));
    expect([states(kept.notes.main), told]).toEqual(['n2 waiting, n3 waiting, n1 waiting', 1]);
  });

  it('hands over only when every replica is done, and to nobody who is out', () => {
    const kept = open();
    for (const press of [record('begin', null), record('out', 'n2'), record('back', 'n2')]) kept.onClosed(press);
    const { main } = kept.notes;
    if (main === undefined) throw new Error('there is no note');
    // Somebody else leads by now: the old leader goes as a replica, the new one last.
    expect(nextStep(main, 'n3')).toEqual({ kind: 'take_out', member: 'n1' });
    expect(nextStep(main, 'n1')).toEqual({ kind: 'take_out', member: 'n3' });
  });

  it('goes with its cluster where that gets another name', () => {
    open().onClosed(record('begin', null));
    renameMaintenances(folder, [{ from: 'main', to: 'east/main' }]);
    expect(Object.keys(open().notes)).toEqual(['east/main']);
  });
});
