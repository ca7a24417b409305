// What an action asks beside the snapshots while it runs: the base backup of a reinitialize on its source, and how far a changed
// configuration has been taken up by each member's pg_settings. At most one question of a kind is out.
import type { ActionRecord } from '../../domain/actions/action';
import type { Extra, Sent } from '../../domain/actions/follower';
import type { Stage } from '../../domain/actions/plan';
import type { Snapshot } from '../../domain/cluster';
import { memberOf } from '../../domain/members';
import { field, list, notNegative, number, text, wholeNumber } from '../../domain/wire/loose';
import { askPostgres } from '../../io/postgres-once';
import { lookAtSession } from '../../io/session-signal';
import { say } from '../../language/sentence';
import type { ClusterReach } from './reach';
import { readSettings } from './settings';
import { changesFiles, type LoadedFiles, uptakeOfChange } from './uptake';

export interface ExtraReader {
  readonly value: Extra;
  /** Asks again when it is time; `onAnswer` after each answer that changed something. */
  look(stage: Stage, snapshot: Snapshot, sent: Sent, onAnswer: () => void): void;
  close(): void;
}

const OFTEN_MS = 500;
const UPTAKE_EVERY_MS = 1500;
const DEADLINE_MS = 2000;

export function extraReader(record: ActionRecord, reach: ClusterReach, now: () => number): ExtraReader {
  let value: Extra = { backup: null, uptake: 'pending', session: null };
  const foreign = new Map<string, ReadonlySet<number>>();
  let asking = false;
  let nextAt = 0;
  let closed = false;

  const readBackup = async (snapshot: Snapshot, member: string | null): Promise<Extra['backup']> => {
    const sources = snapshot.cluster.members.filter((entry) => entry.name !== member && !entry.silent && entry.listed);
    for (const source of sources) {
      const target = reach.postgres(source);
      if (target === null) continue;
      const reading = await askPostgres(target, 'baseBackups', DEADLINE_MS, now);
      const rows = (reading.ok ? list(reading.value) : []).map((row) => ({
        row,
        pid: wholeNumber(field(row, 'pid')) ?? 0,
      }));
      // What runs when the action begins is somebody else's: Patroni needs a second at least to stop the member.
      if (foreign.get(source.name) === undefined) foreign.set(source.name, new Set(rows.map(({ pid }) => pid)));
      const row = rows.find(({ pid }) => foreign.get(source.name)?.has(pid) === false)?.row;
      if (row === undefined) continue;
      return {
        phase: say`${text(field(row, 'phase')) ?? say`running`}, from ${source.name}`,
        doneBytes: notNegative(field(row, 'streamed')) ?? 0,
        totalBytes: notNegative(field(row, 'total')),
      };
    }
    return null;
  };

  const readFiles = async (snapshot: Snapshot): Promise<ReadonlyMap<string, LoadedFiles>> => {
    const listed = snapshot.cluster.members.filter((member) => member.listed && !member.silent);
    const rows = await Promise.all(
      listed.map(async (member): Promise<readonly [string, LoadedFiles]> => {
        const target = reach.postgres(member);
        if (target === null) return [member.name, { loadedAt: null, errors: null }];
        const whole = await askPostgres(target, 'files', DEADLINE_MS, now);
        const reading = whole.ok ? whole : await askPostgres(target, 'loaded', DEADLINE_MS, now);
        const loaded = reading.ok ? number(field(reading.value, 'loaded')) : null;
        const skew = (member.clockOffsetSeconds ?? 0) * 1000;
        return [
          member.name,
          {
            loadedAt: loaded === null ? null : loaded * 1000 - skew,
            errors: whole.ok ? list(field(whole.value, 'errors')).map(String) : null,
          },
        ];
      }),
    );
    return new Map(rows);
  };

  const readSession = async (snapshot: Snapshot): Promise<Extra['session']> => {
    const { request } = record;
    const member = request.kind === 'end_session' ? memberOf(snapshot, request.member) : null;
    const target = member === null ? null : reach.postgres(member);
    if (target === null || request.kind !== 'end_session') return null;
    const state = await lookAtSession(target, request, DEADLINE_MS, now);
    return state === null ? value.session : { ...state, at: now() };
  };

  const ask = async (stage: Stage, snapshot: Snapshot): Promise<void> => {
    if (stage.kind === 'end_session') {
      value = { ...value, session: await readSession(snapshot) };
      return;
    }
    if (stage.kind === 'reinitialize') value = { ...value, backup: await readBackup(snapshot, stage.member) };
    else {
      const settings = await readSettings(snapshot, reach, now);
      const files = changesFiles(record) ? await readFiles(snapshot) : null;
      value = { ...value, uptake: uptakeOfChange(record, settings, snapshot, files) };
    }
  };

  return {
    get value() {
      return value;
    },
    look(stage, snapshot, _sent, onAnswer) {
      if (closed || asking || now() < nextAt) return;
      if (stage.kind !== 'reinitialize' && stage.kind !== 'edit_config' && stage.kind !== 'end_session') return;
      asking = true;
      void ask(stage, snapshot)
        .catch(() => undefined)
        .finally(() => {
          asking = false;
          nextAt = now() + (stage.kind === 'edit_config' ? UPTAKE_EVERY_MS : OFTEN_MS);
          if (!closed) onAnswer();
        });
    },
    close() {
      closed = true;
    },
  };
}
