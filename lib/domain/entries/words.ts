// What a door says of one server, in words: for evidence and for the screens alike.
import { say, type Text } from '../../language/sentence';
import type { Entry, EntryKind, EntryListener, EntryServer } from './entry';

/** `lb-1 primary`, of an address `vip 10.0.0.20:5432`. */
export function doorName(entry: Entry, listener: EntryListener): string {
  return `${entry.name} ${listener.name}`;
}

/** The product, for people who read the settings of it. */
export const KIND_NAMES: Readonly<Record<EntryKind, Text>> = {
  haproxy: 'HAProxy',
  pgbouncer: 'PgBouncer',
  address: say`Address`,
};

export function serverWords(server: EntryServer): Text {
  const { state, status, check } = server;
  if (state === 'drain') return say`drained by hand: nothing new comes to it`;
  if (state === 'maint')
    return status === null || status === 'MAINT' ? say`in maintenance by hand` : say`in maintenance: ${status}`;
  switch (check) {
    case 'role_fits':
      return takesWords(server, say`its role fits`);
    case 'other_role':
      return server.takes ? say`another role than is wanted here` : say`another role, as it should be`;
    case 'untested':
      return server.takes ? say`it listens; its role is not asked` : say`its role is not asked`;
    case 'refused':
      return say`connection refused`;
    case 'timeout':
      return say`no answer in time`;
    case 'no_http':
      return say`its check gets no HTTP: perhaps https`;
    case 'foreign':
      return say`another cluster answers`;
    case 'failed':
      return server.checkCode === null ? say`its check fails` : say`its check gets ${server.checkCode}`;
    case 'unknown':
      return server.takes ? say`it answers` : say`not checked yet`;
  }
}

function takesWords({ state, takes }: EntryServer, fits: Text): Text {
  if (state === 'going_up') return say`${fits}, and it is about to come up`;
  return takes ? fits : say`${fits}, and nothing comes to it`;
}
