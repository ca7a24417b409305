// An address as one listener: who answered a fresh sign-in, known by system identifier and start of the postmaster, which no proxy
// between can hide.
import type { Member } from '../cluster';
import type { RawProbe } from '../raw';
import { type ProbeStatus, parseProbe } from '../wire/entry-probe';
import { type Draft, type DraftServer, type EntryContext, verdictOf } from './draft';
import type { EntryVerdict, Purpose } from './entry';

interface Probed {
  readonly server: DraftServer;
  readonly verdict: EntryVerdict;
}

export function addressListener(probes: readonly RawProbe[], context: EntryContext): Draft {
  const { raw } = context;
  const purpose: Purpose = raw.replicas.includes(raw.name) ? 'replicas' : 'primary';
  const probed = probes.map((probe) => assess(probe, purpose, context));
  const servers = probed.map(({ server }) => server);
  const members = [
    ...new Set(servers.flatMap(({ member, takes }) => (takes && member !== null ? [member] : []))),
  ].sort();
  return {
    name: raw.address,
    purpose,
    purposeBy: 'file',
    verdict: together(probed, members, purpose),
    members,
    sessions: null,
    waiting: null,
    servers,
    pool: null,
  };
}

/** Clients take any of the addresses: the worst that answers counts, and one that does not answer only where none does. */
function together(probed: readonly Probed[], members: readonly string[], purpose: Purpose): EntryVerdict {
  const answered = probed.filter(({ server }) => server.takes);
  if (answered.length === 0) return probed[0]?.verdict ?? 'timeout';
  const foreign = answered.find(({ verdict }) => verdict === 'foreign');
  if (foreign !== undefined) return foreign.verdict;
  if (purpose === 'primary' && members.length > 1) return 'several';
  const bad = answered.find(({ verdict }) => verdict !== 'leader' && verdict !== 'replicas');
  return bad?.verdict ?? (answered.some(({ verdict }) => verdict === 'replicas') ? 'replicas' : 'leader');
}

function assess({ address, reading }: RawProbe, purpose: Purpose, context: EntryContext): Probed {
  const { cluster } = context;
  const blank: DraftServer = {
    name: address,
    address,
    member: null,
    matchedBy: null,
    takes: false,
    state: 'down',
    status: null,
    check: 'unknown',
    checkCode: null,
    sessions: null,
    changedAt: null,
  };
  if (!reading.ok) {
    const { kind } = reading.error;
    if (kind === 'auth' || kind === 'denied')
      return { server: { ...blank, state: 'other', takes: true }, verdict: 'unidentified' };
    const isRefused = kind === 'refused' || kind === 'closed';
    return {
      server: { ...blank, check: isRefused ? 'refused' : 'timeout' },
      verdict: isRefused ? 'refused' : 'timeout',
    };
  }
  const said = parseProbe(reading.value);
  const up: DraftServer = { ...blank, state: 'up', takes: true };
  if (said === null) return { server: { ...up, state: 'other' }, verdict: 'unidentified' };
  const isForeign =
    said.systemIdentifier !== null &&
    cluster.systemIdentifier !== null &&
    said.systemIdentifier !== cluster.systemIdentifier;
  if (isForeign) return { server: { ...up, check: 'foreign' }, verdict: 'foreign' };
  const member = whoIs(said, cluster.members);
  const server: DraftServer = {
    ...up,
    member: member?.name ?? null,
    matchedBy: member === null ? null : 'identity',
    check: said.isPrimary === (purpose === 'primary') ? 'role_fits' : 'other_role',
  };
  if (member === null) return { server, verdict: 'unidentified' };
  const verdict = verdictOf([server], purpose, context);
  // What it said itself in this sign-in outranks what was heard of it elsewhere.
  const isStray = verdict === 'replica' && said.isPrimary;
  const isReplica = verdict === 'leader' && purpose === 'primary' && !said.isPrimary;
  return { server, verdict: isStray ? 'stray_primary' : isReplica ? 'replica' : verdict };
}

function whoIs({ name, startedAt, serverAddress }: ProbeStatus, members: readonly Member[]): Member | null {
  if (name !== null) return members.find((member) => member.name === name) ?? null;
  const started = members.filter((member) => member.startedAt !== null && member.startedAt === startedAt);
  if (started.length === 1) return started[0] ?? null;
  // Two that started in the same millisecond, or one whose start nobody told yet.
  const among = started.length > 1 ? started : members;
  const there = among.filter((member) => member.host !== null && member.host === serverAddress);
  return there.length === 1 ? (there[0] ?? null) : null;
}
