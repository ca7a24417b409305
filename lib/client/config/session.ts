// One person's edit of one cluster's configuration, from its base to the saved revision: the rules of following what others
// store, merging, and coming back after a navigation. Pure but for the storage it is given. A base that has moved on is never
// replaced under an edit.
import { type Path, sameJson } from '../../domain/config/diff';
import { type Conflict, mergeConfig } from '../../domain/config/merge';
import type { ExactNumber } from '../../domain/wire/json-text';
import { isObject, type JsonObject } from '../../domain/wire/loose';
import { type Format, formatConfig, parseConfig, updateText } from './document';

/** What is stored now, as far as this browser knows. */
export interface Stored {
  /** null where only REST can be read. */
  readonly revision: string | null;
  readonly value: JsonObject;
  readonly numbers: readonly ExactNumber[];
}

export interface SavedChange {
  readonly actionId: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly at: number;
}

export interface EditSession {
  readonly base: Stored;
  readonly text: string;
  readonly format: Format;
  /** The base as text: what Discard goes back to. */
  readonly baseText: string;
  /** The YAML left behind for JSON, for its comments. */
  readonly yaml: string | null;
  /** Conflicts of a merge that nobody has decided yet; the text holds mine. */
  readonly undecided: readonly Conflict[];
  /** Accepted, and not yet seen in the DCS. */
  readonly sent: SavedChange | null;
  /** Seen in the DCS: its uptake is watched. */
  readonly saved: SavedChange | null;
}

export interface KeptText {
  readonly revision: string;
  readonly text: string | null;
}

/** The newest text a person wrote, changed to what is stored now; comments outlive changes made elsewhere. */
export function textFor(stored: Stored, kept: readonly KeptText[]): string {
  const written = kept.find((entry) => entry.text !== null)?.text ?? null;
  const { value, numbers } = stored;
  if (written === null || parseConfig(written, 'yaml', numbers).value === null)
    return formatConfig(value, 'yaml', numbers);
  return updateText(written, 'yaml', value, numbers);
}

export function beginSession(stored: Stored, kept: readonly KeptText[], format: Format = 'yaml'): EditSession {
  const yaml = textFor(stored, kept);
  const text = format === 'json' ? formatConfig(stored.value, 'json', stored.numbers) : yaml;
  return {
    base: stored,
    text,
    format,
    baseText: text,
    yaml: format === 'json' ? yaml : null,
    undecided: [],
    sent: null,
    saved: null,
  };
}

export function sessionValue({ text, format, base }: EditSession): JsonObject | null {
  return parseConfig(text, format, base.numbers).value;
}

export function isEdited(session: EditSession): boolean {
  return session.text !== session.baseText;
}

function isOlder(a: Stored, b: Stored): boolean {
  const [left, right] = [Number(a.revision), Number(b.revision)];
  return a.revision !== null && b.revision !== null && left < right;
}

/** What is stored has been seen (again). Returns the same object where nothing follows from it. */
export function followStored(
  session: EditSession,
  stored: Stored,
  kept: readonly KeptText[],
  now: number,
): EditSession {
  if (isOlder(stored, session.base)) return session;
  const { sent } = session;
  if (sent !== null && sameJson(stored.value, sent.after)) {
    const arrived = { ...session, base: stored, undecided: [], sent: null, saved: { ...sent, at: sent.at || now } };
    const value = sessionValue(session);
    if (value !== null && sameJson(value, sent.after)) return { ...arrived, baseText: session.text };
    return { ...arrived, baseText: formatLike(session, stored) };
  }
  if (sameJson(stored.value, session.base.value)) {
    const moved = stored.revision === session.base.revision ? session : { ...session, base: stored };
    if (isEdited(session)) return moved;
    // The written text may come after the value.
    const fresh = beginSession(stored, kept, session.format);
    return fresh.text === session.text || kept.length === 0 ? moved : { ...fresh, sent, saved: session.saved };
  }
  if (!isEdited(session)) return { ...beginSession(stored, kept, session.format), sent, saved: session.saved };
  const value = sessionValue(session);
  // Only comments were changed: they follow.
  if (value !== null && sameJson(value, session.base.value))
    return {
      ...session,
      base: stored,
      text: updateText(session.text, session.format, stored.value, stored.numbers),
      baseText: formatLike(session, stored),
    };
  return session;
}

/** Howdah has closed the action of this edit: done, or not (then the edit is still here). */
export function settleSent(
  session: EditSession,
  actionId: string,
  done: boolean,
  revision: string | null,
): EditSession {
  const { sent } = session;
  if (sent === null || sent.actionId !== actionId) return session;
  if (!done) return { ...session, sent: null };
  const base = { revision, value: sent.after, numbers: session.base.numbers };
  return { ...session, base, baseText: formatLike(session, base), undecided: [], sent: null, saved: sent };
}

function formatLike(session: EditSession, { value, numbers }: Stored): string {
  return updateText(session.baseText, session.format, value, numbers);
}

/** Mine and theirs in one text, on top of theirs. What both changed stays mine until it is decided. */
export function mergeSession(session: EditSession, stored: Stored): EditSession {
  const mine = sessionValue(session);
  if (mine === null) return session;
  const merged = mergeConfig(session.base.value, stored.value, mine);
  return {
    ...session,
    base: stored,
    baseText: formatLike(session, stored),
    text: updateText(session.text, session.format, merged.value, stored.numbers),
    undecided: merged.conflicts,
  };
}

/** One conflict decided: `value` undefined removes the leaf. */
export function decideConflict(session: EditSession, path: Path, next: JsonObject): EditSession {
  return {
    ...session,
    text: updateText(session.text, session.format, next, session.base.numbers),
    undecided: session.undecided.filter((conflict) => conflict.path.join('\n') !== path.join('\n')),
  };
}

export function switchFormat(session: EditSession, format: Format): EditSession {
  const value = sessionValue(session);
  const { base } = session;
  if (value === null || format === session.format) return session;
  if (format === 'json')
    return {
      ...session,
      format,
      yaml: session.text,
      text: formatConfig(value, 'json', base.numbers),
      baseText: formatConfig(base.value, 'json', base.numbers),
    };
  const yaml = session.yaml ?? formatConfig(base.value, 'yaml', base.numbers);
  return {
    ...session,
    format,
    yaml: null,
    text: updateText(yaml, 'yaml', value, base.numbers),
    baseText: updateText(yaml, 'yaml', base.value, base.numbers),
  };
}

/** The YAML kept beside the revision; null: nothing worth keeping. */
export function textToKeep(session: EditSession, value: JsonObject): string | null {
  if (session.format === 'yaml') return session.text;
  return session.yaml === null ? null : updateText(session.yaml, 'yaml', value, session.base.numbers);
}

// ---- the tab's storage

export interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const key = (scope: string): string => `howdah:config:${scope}`;
const VERSION = 2;

export function keepSession(storage: Storage, scope: string, session: EditSession): void {
  if (!isEdited(session) && session.sent === null && session.saved === null) storage.removeItem(key(scope));
  else storage.setItem(key(scope), JSON.stringify({ version: VERSION, session }));
}

/** null: none, or of another build. */
export function readSession(storage: Storage, scope: string): EditSession | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key(scope)) ?? 'null');
    if (!isObject(kept) || kept.version !== VERSION || !isObject(kept.session)) return null;
    const { session } = kept;
    const sound =
      typeof session.text === 'string' &&
      typeof session.baseText === 'string' &&
      isObject(session.base) &&
      isObject(session.base.value) &&
      Array.isArray(session.undecided);
    return sound ? (session as unknown as EditSession) : null;
  } catch {
    return null;
  }
}
