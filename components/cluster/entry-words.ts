// The doors in words, read off a snapshot: what is wrong with one was decided by the findings.
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { Finding, Snapshot } from '@/lib/domain/cluster';
import type { Entry, EntryListener, EntryVerdict } from '@/lib/domain/entries/entry';
import { doorName } from '@/lib/domain/entries/words';
import { isDoorCode } from '@/lib/domain/finding-code';
import { type Health, worstOf } from '@/lib/domain/severity';
import { joinNames } from '@/lib/language/quantity';

const VERDICTS: Readonly<Record<EntryVerdict, string>> = {
  leader: form('leader'),
  replicas: form('replicas'),
  replica: form('a replica'),
  stray_primary: form('a primary without the leader key'),
  several: form('by turns'),
  untested: form('whoever listens'),
  nobody: form('to nobody'),
  foreign: form('another cluster'),
  refused: form('nobody: refused'),
  timeout: form('nobody: no answer'),
  relays: form('on to another door'),
  unidentified: form('somebody, role unknown'),
  paused: form('paused'),
  unseen: form('not seen'),
};

export interface Door {
  readonly entry: Entry;
  readonly listener: EntryListener;
  readonly health: Health;
}

/** Findings tell their doors apart by the first label of their evidence. */
function healthOf(findings: readonly Finding[], name: string): Health {
  const about = findings.filter(({ code, evidence }) => isDoorCode(code) && String(evidence[0]?.label) === name);
  return worstOf(about.map(({ severity }) => severity)) ?? 'ok';
}

export function doorsOf({ cluster, findings }: Snapshot): readonly Door[] {
  return (cluster.entries ?? []).flatMap((entry) =>
    entry.listeners.map((listener) => ({ entry, listener, health: healthOf(findings, doorName(entry, listener)) })),
  );
}

export function entryHealth({ findings }: Snapshot, entry: Entry): Health {
  return healthOf(findings, entry.name);
}

/** `n1, the leader`, `nobody`, `n2 and n3, replicas`. */
export function leadsWords({ verdict, members, pool }: EntryListener): string {
  const word = t(VERDICTS[verdict]);
  if (verdict === 'relays' && pool?.target != null) return t('on to {target}', { target: pool.target });
  if (members.length === 0) return word;
  const who = wire(joinNames(members));
  return verdict === 'unseen' ? t('was {value}', { value: who }) : t('{members}, {what}', { members: who, what: word });
}

export function purposeWords({ purpose }: EntryListener): string {
  if (purpose === null) return t('not known');
  return purpose === 'primary' ? t('writers') : t('readers');
}

export function sessionWords({ sessions, pool }: EntryListener): string {
  if (sessions === null) return '';
  return pool === null ? tn(sessions, '{n} session', '{n} sessions') : tn(sessions, '{n} client', '{n} clients');
}

/** Doors that send new clients to this member now: `lb-1 primary, 7 sessions`. */
export function clientsFrom(snapshot: Snapshot, member: string): readonly string[] {
  return doorsOf(snapshot)
    .filter(({ listener }) => listener.verdict !== 'unseen' && listener.members.includes(member))
    .map(({ entry, listener }) => {
      const there = listener.servers.find((server) => server.member === member && server.takes)?.sessions ?? null;
      const name = entry.kind === 'address' ? entry.name : doorName(entry, listener);
      return there === null
        ? name
        : t('{door}, {sessions}', { door: name, sessions: tn(there, '{n} session', '{n} sessions') });
    });
}
