// The links of walls: made, listed, made again, revoked, and checked. A link is the id of a wall and its signature; nothing else
// opens it and it opens nothing else. What a wall shows stands in the store, and in a file of the data folder, so that screens go on
// while the store is away. Who may make one is decided by the wrapper of the routes.

import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WallCreated, WallDraft, WallEntry, WallSettings, WallsAnswer } from '../../contract/access';
import type { WallEnd } from '../../contract/wall';
import { isObject, parseJson } from '../../domain/wire/loose';
import { isLanguage } from '../../language/language';
import { say, type Text } from '../../language/sentence';
import { SpokenError, saidBy } from '../../language/spoken-error';
import type { Keys } from '../access/keys';
import { damaged, readDataFile } from '../data-file';
import { log } from '../log';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

export interface WallsDeps {
  readonly store: Pick<Store, 'query' | 'onReady'>;
  readonly keys: Pick<Keys, 'sign' | 'isSigned'>;
  readonly dataDir: string;
  readonly publicUrl: string;
  readonly now: () => number;
  /** Into the journal, before anything is changed. */
  readonly record: (kind: 'wall_created' | 'wall_revoked', actor: string, text: Text) => Promise<void>;
}

/** One wall as it is kept. */
export interface Wall {
  readonly id: string;
  readonly settings: WallSettings;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastSeenAt: number | null;
}

interface WallRow extends Record<string, unknown> {
  readonly id: string;
  readonly body: WallSettings;
  readonly created_by: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly last_seen_at: number | null;
}

const FILE = 'walls.json';
const WALLS_MAX = 200;
const READ_AGAIN_MS = 5000;
const NOTE_SEEN_MS = 60_000;
const DAY_MS = 86_400_000;
const KEY = /^([0-9a-f]{16})\.([\w-]{24})$/;
const COLUMNS = 'id, body, created_by, created_at, expires_at, revoked_at, last_seen_at';

export class Walls {
  readonly #deps: WallsDeps;
  #known: ReadonlyMap<string, Wall>;
  #readAt = 0;
  #reading: Promise<void> | null = null;
  #written = '';
  readonly #screens = new Map<string, number>();
  readonly #noted = new Map<string, number>();
  readonly #stopListening: () => void;

  constructor(deps: WallsDeps) {
    this.#deps = deps;
    this.#known = new Map(readFile(deps.dataDir).map((wall) => [wall.id, wall]));
    this.#stopListening = deps.store.onReady(() => void this.#read().catch(() => undefined));
  }

  stop(): void {
    this.#stopListening();
  }

  async list(): Promise<WallsAnswer> {
    await this.#read();
    const walls = [...this.#known.values()].sort((a, b) => b.createdAt - a.createdAt);
    return { walls: walls.map((wall) => this.#entry(wall)) };
  }

  async create({ days, ...settings }: WallDraft, by: string): Promise<WallCreated> {
    await this.#read();
    const now = this.#deps.now();
    const open = [...this.#known.values()].filter((wall) => endOf(wall, now) === null);
    if (open.length >= WALLS_MAX) throw new Refusal('refused', say`there are ${WALLS_MAX} walls; revoke one first`);
    const id = randomBytes(8).toString('hex');
    const expiresAt = days === null ? null : now + days * DAY_MS;
    await this.#deps.record('wall_created', by, say`the wall ${settings.name} was made`);
    await this.#deps.store.query(
      `INSERT INTO access_wall (id, body, created_by, created_at, expires_at)
       VALUES ($1::text, $2::text::jsonb, $3::text, $4::bigint, $5::bigint)`,
      [id, jsonText(settings), by, now, expiresAt],
    );
    await this.#read();
    return this.#created(id);
  }

  /** The same link again: it is signed, not kept. */
  async link(id: string): Promise<WallCreated> {
    await this.#read();
    return this.#created(id);
  }

  async revoke(id: string, by: string): Promise<WallEntry> {
    await this.#read();
    const wall = this.#known.get(id);
    if (wall === undefined) throw new Refusal('not_found', say`there is no such wall`);
    if (wall.revokedAt === null) {
      await this.#deps.record('wall_revoked', by, say`the wall ${wall.settings.name} was revoked`);
      await this.#deps.store.query(
        'UPDATE access_wall SET revoked_at = coalesce(revoked_at, $2::bigint) WHERE id = $1::text',
        [id, this.#deps.now()],
      );
      await this.#read();
    }
    const revoked = this.#known.get(id);
    if (revoked === undefined) throw new Refusal('not_found', say`there is no such wall`);
    return this.#entry(revoked);
  }

  /**
   * The wall of a key. Rejects with a Refusal, `details.reason` being the WallEnd; with `not_ready` where the store is away and
   * what this wall may show was never read here.
   */
  async open(key: string): Promise<Wall> {
    const [, id = '', signature = ''] = KEY.exec(key) ?? [];
    // The same work for an id that is none: how long it took says nothing.
    const isSigned = this.#deps.keys.isSigned('wall', id, signature);
    if (id === '' || !isSigned) throw refusal('unknown');
    if (!this.#known.has(id) || Math.abs(this.#deps.now() - this.#readAt) > READ_AGAIN_MS) {
      await this.#read().catch((error: unknown) => {
        if (!(error instanceof StoreAway)) throw error;
        if (!this.#known.has(id))
          throw new Refusal('not_ready', say`this wall cannot be looked up now: the store is away`);
      });
    }
    const wall = this.#known.get(id);
    const end = wall === undefined ? 'unknown' : endOf(wall, this.#deps.now());
    if (wall === undefined || end !== null) throw refusal(end ?? 'unknown');
    return wall;
  }

  /** Why a wall that was opened shows nothing any more; null: it goes on. From memory; reads again in the background. */
  endOf(id: string): WallEnd | null {
    if (Math.abs(this.#deps.now() - this.#readAt) > READ_AGAIN_MS) void this.#read().catch(() => undefined);
    const wall = this.#known.get(id);
    return wall === undefined ? 'unknown' : endOf(wall, this.#deps.now());
  }

  /** A screen came. Call the result when it leaves. */
  enter(id: string): () => void {
    this.#screens.set(id, this.screens(id) + 1);
    this.seen(id);
    return () => {
      const left = this.screens(id) - 1;
      if (left > 0) this.#screens.set(id, left);
      else this.#screens.delete(id);
    };
  }

  screens(id: string): number {
    return this.#screens.get(id) ?? 0;
  }

  seen(id: string): void {
    const now = this.#deps.now();
    if (now - (this.#noted.get(id) ?? 0) < NOTE_SEEN_MS) return;
    if (this.#noted.size > 2 * WALLS_MAX) this.#noted.clear();
    this.#noted.set(id, now);
    void this.#deps.store
      .query('UPDATE access_wall SET last_seen_at = $2::bigint WHERE id = $1::text', [id, now])
      .catch(() => this.#noted.delete(id));
  }

  /** One reading at a time, for all who wait. */
  #read(): Promise<void> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readNow(): Promise<void> {
    try {
      const rows = await this.#deps.store.query<WallRow>(
        `SELECT ${COLUMNS} FROM access_wall ORDER BY revoked_at IS NOT NULL, created_at DESC LIMIT 1000`,
      );
      const found = new Map(rows.map((row) => [row.id, wallOf(row)]));
      // A revocation that is known here stays one, whatever an older copy of the store says.
      for (const [id, { revokedAt }] of this.#known) {
        const wall = found.get(id);
        if (wall !== undefined && wall.revokedAt === null && revokedAt !== null) found.set(id, { ...wall, revokedAt });
      }
      this.#known = found;
      await this.#write([...found.values()]);
    } finally {
      // Also after a failure: a store that is away is not asked by every screen.
      this.#readAt = this.#deps.now();
    }
  }

  async #write(walls: readonly Wall[]): Promise<void> {
    const text = JSON.stringify(walls.map((wall) => ({ ...wall, lastSeenAt: null })));
    if (text === this.#written) return;
    this.#written = text;
    const file = path.join(this.#deps.dataDir, FILE);
    try {
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      this.#written = '';
      log.warn({ err: error }, 'the walls could not be kept in the data folder');
    }
  }

  #created(id: string): WallCreated {
    const wall = this.#known.get(id);
    if (wall === undefined) throw new Refusal('not_found', say`there is no such wall`);
    if (endOf(wall, this.#deps.now()) !== null)
      throw new Refusal('refused', say`this wall has ended: its link opens nothing`);
    const key = `${id}.${this.#deps.keys.sign('wall', id)}`;
    return { wall: this.#entry(wall), link: `${this.#deps.publicUrl.replace(/\/+$/, '')}/wall/${key}` };
  }

  #entry({ settings, ...wall }: Wall): WallEntry {
    const noted = this.#noted.get(wall.id) ?? null;
    const lastSeenAt = noted === null ? wall.lastSeenAt : Math.max(noted, wall.lastSeenAt ?? 0);
    return { ...settings, ...wall, lastSeenAt, screens: this.screens(wall.id) };
  }
}

function endOf({ revokedAt, expiresAt }: Wall, now: number): WallEnd | null {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : null;
}

function refusal(reason: WallEnd): Refusal {
  switch (reason) {
    case 'revoked':
      return new Refusal('forbidden', say`this link was revoked`, { reason });
    case 'expired':
      return new Refusal('forbidden', say`this link has expired`, { reason });
    case 'unknown':
      return new Refusal('not_found', say`there is no such wall`, { reason });
  }
}

function wallOf(row: WallRow): Wall {
  return {
    id: row.id,
    settings: settingsOf(row.body),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastSeenAt: row.last_seen_at,
  };
}

/** As this Howdah knows settings, whichever version wrote them. */
function settingsOf({ name, labels, scopes, hosts, theme, sound, language }: WallSettings): WallSettings {
  return {
    name,
    labels: labels ?? {},
    scopes: scopes ?? null,
    hosts: hosts === true,
    theme: theme === 'light' ? 'light' : 'dark',
    sound: sound === true,
    language: isLanguage(language) ? language : 'en',
  };
}

function readFile(dataDir: string): readonly Wall[] {
  const file = path.join(dataDir, FILE);
  try {
    const text = readDataFile(file, FILE);
    if (text === null) return [];
    const value = parseJson(text);
    if (!Array.isArray(value)) throw new SpokenError(damaged(file, FILE));
    return value.filter(
      (entry) => isObject(entry) && isObject(entry.settings) && typeof entry.id === 'string',
    ) as Wall[];
  } catch (error) {
    log.warn(String(saidBy(error)));
    return [];
  }
}
