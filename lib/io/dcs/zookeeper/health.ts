// How one server of ZooKeeper is, by its four-letter words: one connection a question, answered by the process alone, also without a
// quorum. `mntr` tells the size too; where only `srvr` is let through, as is the default, that one is asked.
import type { RawEndpointStatus } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { ReadingRefused } from '../../failure';
import type { TlsMaterial } from '../../tls';
import { openSocket } from './connection';

const ANSWER_MS = 2000;
const ANSWER_MAX = 64 * 1024;

export type Word = 'mntr' | 'srvr';

/** All that it answers before it closes. Rejects where nothing is answered in time. */
export function ask(word: Word, address: string, tls: TlsMaterial | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(address, tls);
    let answer = '';
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      socket.destroy();
      if (error === null) resolve(answer);
      else reject(error);
    };
    const late = Object.assign(new Error('deadline exceeded'), { code: 'ETIMEDOUT' });
    const timer = setTimeout(() => end(late), ANSWER_MS);
    socket.setEncoding('utf8');
    socket.once(tls === null ? 'connect' : 'secureConnect', () => socket.write(word));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.length > ANSWER_MAX) end(new ReadingRefused(failure('malformed')));
    });
    // A server that answered may reset the connection all the same.
    socket.on('error', (error) => end(answer === '' ? error : null));
    socket.on('close', () => end(answer === '' ? new Error('connection closed') : null));
  });
}

const ROLES: Readonly<Record<string, RawEndpointStatus['role']>> = {
  leader: 'leader',
  // Nobody to follow it, and nobody needed.
  standalone: 'leader',
  follower: 'follower',
  observer: 'learner',
};

/** null: this word is not let through. Throws where it is no answer of ZooKeeper. */
export function parseStatus(answer: string): Pick<RawEndpointStatus, 'role' | 'version' | 'sizeBytes'> | null {
  if (/not in the whitelist/.test(answer)) return null;
  // Without a quorum it tells nothing else, not even its version.
  if (/not currently serving requests/.test(answer)) return { role: 'leaderless', version: '', sizeBytes: null };
  const [, mode] = /^(?:Mode: |zk_server_state\t)(\S+)/m.exec(answer) ?? [];
  const [, version] = /^(?:Zookeeper version: |zk_version\t)(\d+(?:\.\d+)*)/m.exec(answer) ?? [];
  const [, size] = /^zk_approximate_data_size\t(\d+)/m.exec(answer) ?? [];
  if (mode === undefined || version === undefined) throw new ReadingRefused(failure('malformed'));
  const role = Object.hasOwn(ROLES, mode) ? (ROLES[mode] ?? 'leaderless') : 'leaderless';
  return { role, version, sizeBytes: size === undefined ? null : Number(size) };
}

/** Neither word is let through. */
export const NO_WORD = failure('denied', say`its 4lw.commands.whitelist lets neither mntr nor srvr through`);

/** Of the node that holds them; an ensemble has some seven. */
const SERVERS_MAX = 100;
const LINE_MAX = 500;

/** `server.1` and the like by host, of the lines in /zookeeper/config. Hosts that two servers share name nobody. */
export function namesOf(config: string): ReadonlyMap<string, string> {
  const names = new Map<string, string | null>();
  for (const line of config.split('\n', SERVERS_MAX)) {
    if (line.length > LINE_MAX) continue;
    const [, name = '', host = '', client] =
      /^(server\.\d+)=(\[[^\]]+\]|[^:\s]+):\d+:\d+[^;\s]*(?:;(\S+))?$/.exec(line) ?? [];
    if (name === '') continue;
    for (const key of new Set([host, ...(client === undefined ? [] : [client])]))
      names.set(key, names.has(key) && names.get(key) !== name ? null : name);
  }
  return new Map([...names].flatMap(([host, name]) => (name === null ? [] : [[host, name] as const])));
}
