// What all walls of the same settings show, built once for them: tiles, cards and events in their language, without hosts where hosts
// may not be shown. Holds what was sent last, so that only what changed is sent.

import type { WallSettings } from '../../contract/access';
import { WALL_EVENTS_MAX, WALL_PROBLEMS_MAX } from '../../contract/limits';
import type { WallEvent, WallFrame, WallProblem, WallTile } from '../../contract/wall';
import { covers } from '../../domain/access/access';
import { type SharedCause, sharedCauses } from '../../domain/cause/shared';
import type { FleetRow } from '../../domain/fleet';
import type { Text } from '../../language/sentence';
import type { Speaker } from '../../language/speaker';
import { speakerOf } from '../../language/speakers';
import { problemOf } from '../../telling/wall/problem';
import { redactEvent, redactProblem, redactTile } from '../../telling/wall/redact';
import { tileOf } from '../../telling/wall/tile';
import { byUrgency } from '../../telling/wall/wall';
import type { Looks } from './looks';

export type BoardSettings = Pick<WallSettings, 'labels' | 'scopes' | 'hosts' | 'language'>;

/** The same for walls that show the same. */
export function boardKey({ labels, scopes, hosts, language }: BoardSettings): string {
  return JSON.stringify([Object.entries(labels).sort(), scopes === null ? null : [...scopes].sort(), hosts, language]);
}

export class Board {
  readonly #settings: BoardSettings;
  readonly #looks: Looks;
  readonly #speaker: Speaker;
  #tiles: ReadonlyMap<string, { readonly tile: WallTile; readonly text: string }> = new Map();
  #problems: { readonly list: readonly WallProblem[]; readonly text: string } = { list: [], text: '[]' };
  #events: { readonly list: readonly WallEvent[]; readonly text: string } = { list: [], text: '[]' };

  constructor(settings: BoardSettings, looks: Looks) {
    this.#settings = settings;
    this.#looks = looks;
    this.#speaker = speakerOf(settings.language);
  }

  /** Everything, for a screen that comes. */
  whole(): Pick<Extract<WallFrame, { kind: 'hello' }>, 'tiles' | 'problems' | 'events'> {
    const tiles = [...this.#tiles.values()].map(({ tile }) => tile);
    return { tiles, problems: this.#problems.list, events: this.#events.list };
  }

  /** What changed since the last call; null: nothing did. */
  update(
    rows: readonly FleetRow[],
    now: number,
  ): Omit<Extract<WallFrame, { kind: 'update' }>, 'now' | 'seenAt'> | null {
    const shown = rows.filter(({ scope, labels }) => covers(this.#settings, { scope, labels }));
    const built = shown.map((row) => this.#tile(row, now)).sort(byUrgency);
    const next = new Map(built.map((tile) => [tile.scope, { tile, text: JSON.stringify(tile) }]));
    const tiles = [...next.values()].flatMap(({ tile, text }) =>
      this.#tiles.get(tile.scope)?.text === text ? [] : [tile],
    );
    const gone = [...this.#tiles.keys()].filter((scope) => !next.has(scope));
    this.#tiles = next;
    // One trouble of several clusters is one card: that of the cluster it costs most. A wall without hosts names none here either.
    const shared = sharedCauses(shown).filter(({ code }) => this.#settings.hosts || code !== 'host');
    const spoken = new Map(shared.map((cause) => [cause.quiet[0] ?? '', cause]));
    const silent = new Set(shared.flatMap(({ quiet }) => quiet.slice(1)));
    const cards = built.filter(({ scope }) => !silent.has(scope));
    const problems = listed(
      cards.flatMap(({ scope }) => this.#problem(scope, spoken.get(scope) ?? null) ?? []).slice(0, WALL_PROBLEMS_MAX),
    );
    const events = listed(this.#lastEvents(new Set(next.keys())));
    const changed = { problems: problems.text !== this.#problems.text, events: events.text !== this.#events.text };
    this.#problems = problems;
    this.#events = events;
    if (tiles.length + gone.length === 0 && !changed.problems && !changed.events) return null;
    return {
      kind: 'update',
      tiles,
      gone,
      problems: changed.problems ? problems.list : null,
      events: changed.events ? events.list : null,
    };
  }

  #tile(row: FleetRow, now: number): WallTile {
    const hosts = this.#settings.hosts ? null : this.#looks.hosts(row.scope);
    // What its hosts are is not known yet: nothing that could name one.
    const isBlind = !this.#settings.hosts && hosts === null;
    const tile = tileOf(row, isBlind ? null : this.#looks.snapshot(row.scope), now);
    const shown = isBlind ? { ...tile, leader: null } : hosts === null ? tile : redactTile(tile, hosts);
    return {
      ...shown,
      words: shown.words === null ? null : this.#say(shown.words),
      lag: shown.lag === null ? null : this.#say(shown.lag),
    };
  }

  #problem(scope: string, shared: SharedCause | null): WallProblem | null {
    const snapshot = this.#looks.snapshot(scope);
    const problem = snapshot === null ? null : problemOf(snapshot);
    if (problem === null) return null;
    const hosts = this.#looks.hosts(scope);
    if (!this.#settings.hosts && hosts === null) return null;
    const shown = this.#settings.hosts || hosts === null ? problem : redactProblem(problem, hosts);
    return {
      ...shown,
      label: this.#say(shown.label),
      title: this.#say(shared?.title ?? shown.title),
      number: shown.number === null ? null : this.#say(shown.number),
      numberWords: this.#say(shown.numberWords),
      members: shown.members.map((group) => ({
        ...group,
        names: this.#say(group.names),
        text: this.#say(group.text),
      })),
      failover: this.#say(shared?.title ?? shown.failover),
    };
  }

  #lastEvents(scopes: ReadonlySet<string>): readonly WallEvent[] {
    const events: WallEvent[] = [];
    for (const { id, scope, at, text } of this.#looks.events()) {
      if (events.length >= WALL_EVENTS_MAX) break;
      if (!scopes.has(scope)) continue;
      const hosts = this.#looks.hosts(scope);
      if (!this.#settings.hosts && hosts === null) continue;
      const event = { id, scope, at, text };
      const shown = this.#settings.hosts || hosts === null ? event : redactEvent(event, hosts);
      events.push({ ...shown, text: this.#say(shown.text) });
    }
    return events;
  }

  #say(text: Text): string {
    return this.#speaker.speak(text);
  }
}

function listed<T>(list: readonly T[]): { readonly list: readonly T[]; readonly text: string } {
  return { list, text: JSON.stringify(list) };
}
