// The files of the data folder that one person can spoil with one command: what each is for and what to do when it cannot be used, as one
// sentence. What does not need the file goes on. The journal and the store have more to say of theirs; their words for errors are these.
import { readFileSync } from 'node:fs';
import { type JsonObject, parseObject } from '../domain/wire/loose';
import { say, type Text } from '../language/sentence';
import { SpokenError } from '../language/spoken-error';

const WORDS: Readonly<Record<string, Text>> = {
  ENOSPC: say`the disk is full`,
  EDQUOT: say`the disk quota is used up`,
  EROFS: say`the file system is read-only`,
  EACCES: say`no permission`,
  EPERM: say`no permission`,
  EIO: say`the disk reports an error`,
  EISDIR: say`there is a folder in its place`,
  ENOTDIR: say`a part of its path is no folder`,
  EEXIST: say`something else has its name`,
  ELOOP: say`a link in its path leads nowhere`,
};

/** A file's error in words; the code, or what was thrown, where there are none. */
export function wordsOf(error: unknown): Text {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  return (code === null ? null : (WORDS[code] ?? code)) ?? String(error);
}

type Name =
  | 'secret'
  | 'walls.json'
  | 'ended-glass.json'
  | 'pauses.json'
  | 'maintenances.json'
  | 'pools.json'
  | 'vapid.json'
  | 'local.json'
  | 'sources.json'
  | 'lock';

/** By the name of the file: `vapid.json` may have another one in the configuration. */
const WHAT_TO_DO: Readonly<Record<Name, Text>> = {
  secret: say`The keys of sessions, walls and second factors are made from it. Put it back from a backup or give its content as HOWDAH_SECRET. Where it is lost, remove it: a new one is made, all sign in again, and second factors are set up anew.`,
  'walls.json': say`It keeps walls open while the store is away. Remove it: it is made again from the store.`,
  'ended-glass.json': say`It keeps which break-glass sessions were ended. Remove it: until Howdah starts without it, no break-glass session from before this start counts.`,
  'pauses.json': say`It keeps who paused which cluster and until when. Look at the clusters that are paused: none of them is resumed by itself. Put it back from a backup or remove it, then restart Howdah.`,
  'maintenances.json': say`It keeps which members are out for maintenance. Remove it and restart Howdah: what the journal remembers is taken from there; look whether a member is out still.`,
  'pools.json': say`It keeps which databases of PgBouncer Howdah has paused and not resumed yet. Look at SHOW DATABASES of each PgBouncer and RESUME what is paused without a reason; then remove the file and restart Howdah.`,
  'vapid.json': say`Phones know Howdah by this key pair for web push. Put it back from a backup. Where it is lost, remove it: a new one is made, and each phone has to be added again.`,
  'local.json': say`It tells the command line on this machine how to reach Howdah. Remove it and restart Howdah; until then use --token.`,
  'sources.json': say`It keeps the sources that were added from the browser. Put it back from a backup; or remove it and add them again.`,
  lock: say`It keeps a second Howdah out of the data folder. It is empty when it is well: remove what is there.`,
};

export function unusable(file: string, name: Name, why: Text): Text {
  return say`${file} cannot be used: ${why}. ${WHAT_TO_DO[name]}`;
}

/** Text as it stands there. null: there is no such file. Throws words for people. */
export function readDataFile(file: string, name: Name): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new SpokenError(unusable(file, name, wordsOf(error)));
  }
}

/** As readDataFile, of a file that holds one JSON object; its content is in no message. */
export function readDataObject(file: string, name: Name): JsonObject | null {
  const text = readDataFile(file, name);
  if (text === null) return null;
  const json = parseObject(text);
  if (json === null) throw new SpokenError(damaged(file, name));
  return json;
}

/** It can be read, and is not as Howdah writes it. */
export function damaged(file: string, name: Name): Text {
  return unusable(file, name, say`it is not as Howdah writes it`);
}
