// A tile of a wall, from the fleet's row; what is wrong since when needs the snapshot. Pure.
import type { Finding, Snapshot } from '../../domain/cluster';
import { keyFinding } from '../../domain/findings/rule';
import type { FleetRow } from '../../domain/fleet';
import { formatBytes } from '../../language/quantity';
import { isProblem, type WallMark, type WallTile } from './wall';
import { labelOfText, NO_ANSWER_YET, tileWords } from './words';

/** A timeline that is younger is worth a mark: somebody was promoted. */
const NEW_TIMELINE_MS = 15 * 60_000;

/** `snapshot` null: not looked at; the words are then those of the row's worst code, and since when is not known. */
export function tileOf(row: FleetRow, snapshot: Snapshot | null, now: number): WallTile {
  const worst = snapshot === null ? null : worstOf(snapshot);
  const problem = isProblem(row);
  return {
    scope: row.scope,
    health: row.health,
    impact: row.impact,
    words: !problem
      ? null
      : snapshot !== null && worst !== null
        ? tileWords(worst, snapshot)
        : row.headline === null
          ? null
          : (labelOfText(row.findingCodes[0] ?? row.headline.code) ?? NO_ANSWER_YET),
    since: problem ? row.since : null,
    leader: row.leader?.known === true ? row.leader.name : null,
    lag: row.replayLagBytes === null ? null : formatBytes(row.replayLagBytes),
    timeline: row.timeline,
    marks: marksOf(row, snapshot, now),
    observedAt: row.observedAt,
    staleAfterMs: row.staleAfterMs,
  };
}

/** The finding that makes a person needed, of those that the cause explains where there is one; null: none does. */
export function worstOf({ findings, cause }: Snapshot): Finding | null {
  const loud = findings.filter(({ severity }) => severity !== 'note');
  const first = loud.find((finding) => cause?.explains.includes(keyFinding(finding))) ?? findings[0];
  return first === undefined || first.severity === 'note' ? null : first;
}

function marksOf(row: FleetRow, snapshot: Snapshot | null, now: number): readonly WallMark[] {
  const startedAt = snapshot?.cluster.history.at(-1)?.startedAt ?? null;
  const isYoung = startedAt !== null && now - startedAt < NEW_TIMELINE_MS && (row.timeline ?? 0) > 1;
  return [
    ...(row.paused === true ? (['paused'] as const) : []),
    ...(row.maintenance === undefined ? [] : (['maintenance'] as const)),
    ...(row.pendingRestarts > 0 ? (['pending_restart'] as const) : []),
    ...(row.scheduledSwitchoverAt !== null || row.findingCodes.includes('scheduled_restart')
      ? (['scheduled'] as const)
      : []),
    ...(isYoung ? (['new_timeline'] as const) : []),
  ];
}
