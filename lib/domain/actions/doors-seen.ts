// How long each door led to no leader during a handover, from one snapshot to the next: what clients met who came by it. Pure.
import type { Snapshot } from '../cluster';
import type { DoorGap } from './action';

/** Of one door, as far as it was seen. Instants are those of the door's own answers. */
export interface DoorTrack {
  readonly entry: string;
  readonly listener: string;
  readonly seenAt: number;
  readonly isOpen: boolean;
  /** It led to the leader last before the first gap, and to none first; null: no gap yet. */
  readonly lastOpenAt: number;
  readonly firstShutAt: number | null;
  /** To none last, and to the leader again first. */
  readonly lastShutAt: number | null;
  readonly openAgainAt: number | null;
}

/** Doors that lead to the leader alone when the handover begins, and by their own word or a sign-in. */
export function tracksOf(snapshot: Snapshot): readonly DoorTrack[] {
  return doorsOf(snapshot).flatMap(({ entry, listener, at, isOpen }) =>
    isOpen
      ? [
          {
            ...{ entry, listener, seenAt: at, isOpen, lastOpenAt: at },
            ...{ firstShutAt: null, lastShutAt: null, openAgainAt: null },
          },
        ]
      : [],
  );
}

export function tracked(tracks: readonly DoorTrack[], snapshot: Snapshot): readonly DoorTrack[] {
  const doors = doorsOf(snapshot);
  return tracks.map((track) => {
    const door = doors.find(({ entry, listener }) => entry === track.entry && listener === track.listener);
    if (door === undefined || (door.at <= track.seenAt && door.isOpen === track.isOpen)) return track;
    const { at, isOpen } = door;
    const seen = { ...track, seenAt: at, isOpen };
    if (!isOpen) return { ...seen, firstShutAt: track.firstShutAt ?? at, lastShutAt: at, openAgainAt: null };
    if (track.firstShutAt === null) return { ...seen, lastOpenAt: at };
    return { ...seen, openAgainAt: track.openAgainAt ?? at };
  });
}

/** The whole time from the last good answer before the gap to the first after it; several gaps are one. */
export function gapOf(track: DoorTrack): DoorGap {
  const { entry, listener, isOpen, lastOpenAt, firstShutAt, lastShutAt, openAgainAt } = track;
  if (firstShutAt === null || lastShutAt === null || openAgainAt === null)
    return { entry, listener, ms: null, precisionMs: 0, isOpen };
  const precisionMs = firstShutAt - lastOpenAt + (openAgainAt - lastShutAt);
  return { entry, listener, ms: openAgainAt - lastOpenAt, precisionMs, isOpen };
}

interface Door {
  readonly entry: string;
  readonly listener: string;
  readonly at: number;
  readonly isOpen: boolean;
}

function doorsOf({ cluster, observedAt }: Snapshot): readonly Door[] {
  return (cluster.entries ?? []).flatMap(({ name, kind, witness, listeners }) =>
    kind === 'pgbouncer'
      ? []
      : listeners
          .filter(({ purpose, verdict }) => purpose === 'primary' && verdict !== 'unseen')
          .map((listener) => ({
            ...{ entry: name, listener: listener.name, at: witness.observedAt ?? observedAt },
            isOpen: listener.verdict === 'leader',
          })),
  );
}
