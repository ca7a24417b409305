// Checks about ending a session: is there a role for it, does its PostgreSQL answer, and what comes of it. Whether it is still the
// session that was seen is decided by the statement itself, at the moment it is sent.

import { say } from '../../../language/sentence';
import { blocker, type CheckRow, fact, note, passed } from './check';

export const SESSION_CHECKS: readonly CheckRow[] = [
  {
    code: 'no_signal_role',
    applies: ['end_session'],
    match: ({ facts }) =>
      facts === null || facts.signal
        ? null
        : blocker(
            say`No role is configured that may end sessions`,
            say`Name one in \`signal:\` of the source: a member of pg_signal_backend and pg_read_all_stats.`,
          ),
  },
  {
    code: 'session_member_silent',
    applies: ['end_session'],
    match: ({ targets }) => {
      const [member] = targets;
      if (member === undefined) return null;
      const { sql } = member.witnesses;
      const about = { members: [member.name], evidence: [fact(member.name, sql.error ?? say`not asked`)] };
      if (member.identity.sql !== null)
        return blocker(say`Not through this address: ${member.identity.sql}`, say`It would reach another one.`, about);
      return sql.state === 'fresh'
        ? passed(say`PostgreSQL on ${member.name} answers`)
        : blocker(say`PostgreSQL on ${member.name} does not answer`, say`Nothing can be sent to its sessions.`, about);
    },
  },
  {
    code: 'session_cost',
    applies: ['end_session'],
    match: ({ request }) => {
      if (request.kind !== 'end_session') return null;
      return request.how === 'cancel'
        ? note(
            say`Only the statement that runs is cancelled`,
            say`Its transaction is aborted unless a savepoint takes it, and its client is told. A session that runs nothing is not touched.`,
          )
        : note(
            say`What its transaction did is rolled back`,
            say`Its client loses the connection and may come back. Rolling back takes about as long as the work did.`,
          );
    },
  },
];
