// The actions of a cluster and of a member as menu lines: what each would do, or why it cannot now. The words of refusal are the
// preflight's own. Judged when a menu opens, not with each snapshot.

import { mayNot } from '@/lib/client/access/me';
import { whereText } from '@/lib/client/access/words';
import { openAction } from '@/lib/client/actions/actions';
import { notNow } from '@/lib/client/actions/order';
import { formatOutage } from '@/lib/client/actions/times';
import { clockNow } from '@/lib/client/live/clock';
import { formatCount } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { MeAnswer } from '@/lib/contract/access';
import type { ActionFacts, ActionRecord, ActionRequest, Preflight } from '@/lib/domain/actions/action';
import { secondPersonFor } from '@/lib/domain/actions/consequences';
import { preflight } from '@/lib/domain/actions/preflight';
import { rollingOrder } from '@/lib/domain/actions/rolling';
import type { Member, Snapshot } from '@/lib/domain/cluster';
import { joinNames } from '@/lib/language/quantity';
import type { Text } from '@/lib/language/sentence';
import type { MenuItem } from '../ui/menu';
import { ACTION_WORDS } from './action-words';

/** What is known beside the snapshot when a menu opens. */
export interface Around {
  readonly facts: ActionFacts | null;
  /** The newest action of the cluster; the running one if one runs. */
  readonly newest: ActionRecord | null;
  readonly lost: boolean;
  /** Who looks; undefined: not known yet. */
  readonly me: MeAnswer | undefined;
}

const ALWAYS_OPEN_MAX = 12;

function judgeAll(
  requests: readonly ActionRequest[],
  snapshot: Snapshot,
  facts: ActionFacts | null,
): readonly Preflight[] {
  return requests.slice(0, ALWAYS_OPEN_MAX).map((request) => preflight(request, snapshot, facts, clockNow()));
}

/** That a second person is needed is no reason against it: one is asked in the dialog. */
const blockersOf = (judged: Preflight): readonly Text[] =>
  judged.checks.flatMap(({ verdict, code, title }) =>
    verdict === 'blocker' && code !== 'second_person' ? [title] : [],
  );
const blockerOf = (judged: Preflight): Text | null => blockersOf(judged)[0] ?? null;

/** All are impossible: by one reason that they share, or each by its own. */
function whyNone(judged: readonly Preflight[]): string {
  const each = judged.map((one) => blockersOf(one).map(wire));
  const shared = each[0]?.find((title) => each.every((titles) => titles.includes(title)));
  const firsts = [...new Set(each.flatMap(([first]) => first ?? []))];
  return shared ?? t('no member can: {reasons}', { reasons: firsts.slice(0, 2).join('; ') });
}

interface Row {
  /** What the dialog opens with. */
  readonly request: ActionRequest;
  /** Each way it could be filled in; it is impossible where all of them are. */
  readonly tries: readonly ActionRequest[];
  readonly word?: string;
  readonly note: (first: Preflight | undefined) => string | undefined;
  /** Why it makes no sense here, before any check. */
  readonly never?: string | undefined;
  readonly divided?: boolean;
}

function itemOf(row: Row, key: string, snapshot: Snapshot, around: Around): MenuItem {
  const words = ACTION_WORDS[row.request.kind];
  const refused = mayNot(around.me, row.request.kind, snapshot);
  const judged = row.never === undefined && refused === null ? judgeAll(row.tries, snapshot, around.facts) : [];
  const possible = judged.find((one) => blockerOf(one) === null);
  const running = around.newest?.phase === 'open' ? around.newest : null;
  const why = around.lost
    ? t('connection lost')
    : running !== null
      ? t('{action} by {actor} is running', {
          action: t(ACTION_WORDS[running.request.kind].noun).toLowerCase(),
          actor: running.actor,
        })
      : (row.never ?? (judged.length > 0 && possible === undefined ? whyNone(judged) : null) ?? null);
  return {
    key,
    word: row.word ?? t(words.menu),
    icon: words.icon,
    divided: row.divided ?? false,
    disabled: why !== null || refused !== null,
    locked: refused !== null,
    note:
      refused ??
      (why !== null ? notNow(why) : withSecondPerson(row, snapshot, around, row.note(possible ?? judged[0]))),
    onSelect: () => openAction(snapshot.scope, row.request),
  };
}

/** What it would do, and that one person does not decide it. */
function withSecondPerson(row: Row, snapshot: Snapshot, around: Around, note: string | undefined): string | undefined {
  const needed = secondPersonFor(around.me?.policies ?? [], row.request, snapshot, snapshot.cluster);
  if (needed === null) return note;
  const needs = t('Needs a second person on {where}', { where: whereText(needed.policy) });
  return note === undefined ? needs : `${note}. ${needs}`;
}

/** Before anything is edited. */
const unedited = ({ cluster }: Snapshot): ActionRequest => {
  const value = cluster.config?.value ?? {};
  return { kind: 'edit_config', baseRevision: null, baseDigest: null, value, text: null };
};
const restart = (members: readonly string[], onlyPending: boolean): ActionRequest => ({
  kind: 'restart',
  members,
  onlyPending,
  scheduledAt: null,
  timeoutSeconds: null,
});
const reinitialize = (member: string): ActionRequest => ({
  kind: 'reinitialize',
  member,
  fromLeader: false,
  force: false,
  override: false,
});
const switchover = (candidate: string | null): ActionRequest => ({ kind: 'switchover', candidate, scheduledAt: null });

/** A guess that a person corrects: what a reboot takes. */
const OUT_MINUTES = 30;
const maintenance = (members: readonly string[]): ActionRequest => ({
  ...{ kind: 'maintenance', step: 'begin', member: null },
  plan: { members, work: 'kernel', minutes: OUT_MINUTES },
});

/** As a rolling restart goes, the leader last. */
function inOrder(cluster: Snapshot['cluster']): readonly string[] {
  const { replicas, leader } = rollingOrder(cluster, false);
  return leader === null ? replicas : [...replicas, leader];
}

function outageNote(first: Preflight | undefined): string | undefined {
  if (first === undefined) return undefined;
  const { request, outage } = first;
  const to = request.kind === 'switchover' && request.candidate !== null ? t('to {to}', { to: request.candidate }) : '';
  const cost = outage?.ms == null ? '' : t('expected write outage {time}', { time: formatOutage(outage.ms) });
  const text = [to, cost].filter((part) => part !== '').join('; ');
  return text === '' ? undefined : text;
}

export function clusterItems(snapshot: Snapshot, around: Around, editConfig: () => void): readonly MenuItem[] {
  const { cluster, readiness, findings } = snapshot;
  const members = cluster.members.filter((member) => member.listed);
  const names = members.map((member) => member.name);
  const replicas = names.filter((name) => name !== cluster.leader?.name);
  const candidates = readiness.candidates.map((candidate) => candidate.member);
  const pending = members.filter((member) => member.pendingRestart !== null).map((member) => member.name);
  const scheduled = members.filter((member) => member.scheduledRestart !== null).map((member) => member.name);
  const broken = findings.find((finding) => finding.code === 'replica_diverged')?.members ?? [];
  const standby = cluster.standbyCluster !== null;
  const rows: readonly (Row & { readonly key: string })[] = [
    {
      key: 'switchover',
      request: switchover(null),
      tries: candidates.map(switchover),
      never: candidates.length === 0 ? t('there is no other member') : undefined,
      note: outageNote,
    },
    {
      key: 'failover',
      request: { kind: 'failover', candidate: '' },
      tries: candidates.map((candidate) => ({ kind: 'failover', candidate })),
      never: candidates.length === 0 ? t('there is no other member') : undefined,
      note: () => t('without asking the leader; WAL may be lost'),
    },
    ...(cluster.scheduledSwitchover === null
      ? []
      : [
          {
            key: 'cancel_switchover',
            request: { kind: 'cancel_switchover' } as const,
            tries: [{ kind: 'cancel_switchover' } as const],
            note: () => t('scheduled at {time}', { time: cluster.scheduledSwitchover?.at ?? t('unknown') }),
          },
        ]),
    cluster.paused === true
      ? {
          key: 'resume',
          request: { kind: 'resume' },
          tries: [{ kind: 'resume' }],
          note: () => t('Automatic failover works again'),
        }
      : {
          key: 'pause',
          request: { kind: 'pause', owner: null, until: null, autoResume: false },
          tries: [{ kind: 'pause', owner: null, until: null, autoResume: false }],
          note: () => t('no automatic failover until resumed'),
        },
    {
      key: 'restart',
      divided: true,
      word: t(pending.length > 0 ? form('Restart pending members…') : ACTION_WORDS.restart.menu),
      request: restart(pending, pending.length > 0),
      tries: names.map((name) => restart([name], false)),
      note: () => (pending.length > 0 ? wire(joinNames(pending.slice(0, 4))) : undefined),
    },
    {
      key: 'rolling_restart',
      request: { kind: 'rolling_restart', onlyPending: pending.length > 0 },
      tries: [{ kind: 'rolling_restart', onlyPending: pending.length > 0 }],
      note: () =>
        pending.length > 0
          ? tn(pending.length, '{n} member pending', '{n} members pending', { n: formatCount(pending.length) })
          : t('every member, one by one'),
    },
    {
      key: 'maintenance',
      request: maintenance(inOrder(cluster)),
      tries: [maintenance(inOrder(cluster))],
      note: () => t('each is taken out, worked on by a person, and proved to be back'),
    },
    ...(scheduled.length === 0
      ? []
      : [
          {
            key: 'cancel_restart',
            request: { kind: 'cancel_restart', member: scheduled.length === 1 ? (scheduled[0] ?? '') : '' } as const,
            tries: scheduled.map((member) => ({ kind: 'cancel_restart', member }) as const),
            note: () => wire(joinNames(scheduled)),
          },
        ]),
    {
      key: 'reload',
      request: { kind: 'reload', members: names },
      tries: names.map((name) => ({ kind: 'reload', members: [name] })),
      note: () => undefined,
    },
    {
      key: 'reinitialize',
      divided: true,
      request: reinitialize(broken.length === 1 ? (broken[0] ?? '') : ''),
      tries: (broken.length > 0 ? broken : replicas).map(reinitialize),
      never: replicas.length === 0 ? t('there is no replica') : undefined,
      note: () =>
        broken.length > 0
          ? t('{members} advised', { members: wire(joinNames(broken)) })
          : t('its data directory is removed and copied anew'),
    },
    standby
      ? {
          key: 'promote_cluster',
          request: { kind: 'promote_cluster' },
          tries: [{ kind: 'promote_cluster' }],
          note: () => t('it accepts writes afterwards'),
        }
      : {
          key: 'demote_cluster',
          request: { kind: 'demote_cluster', host: null, port: null, restoreCommand: null, primarySlotName: null },
          tries: [],
          note: () => t('it follows another cluster and accepts no writes'),
        },
  ];
  const items = rows.map((row) => itemOf(row, row.key, snapshot, around));
  const edit: MenuItem = {
    key: 'edit_config',
    word: t(ACTION_WORDS.edit_config.menu),
    icon: ACTION_WORDS.edit_config.icon,
    divided: true,
    note:
      mayNot(around.me, 'edit_config', snapshot) ??
      withSecondPerson({ request: unedited(snapshot), tries: [], note: () => undefined }, snapshot, around, undefined),
    locked: mayNot(around.me, 'edit_config', snapshot) !== null,
    disabled: mayNot(around.me, 'edit_config', snapshot) !== null,
    onSelect: editConfig,
  };
  const at = items.findIndex((item) => item.key === 'restart');
  return [
    ...items.slice(0, at),
    edit,
    ...items.slice(at).map((item) => (item.key === 'restart' ? { ...item, divided: false } : item)),
  ];
}

export function memberItems(member: Member, snapshot: Snapshot, around: Around): readonly MenuItem[] {
  const leads = member.name === snapshot.cluster.leader?.name;
  const one = (request: ActionRequest, word: string, note?: string, divided = false): MenuItem =>
    itemOf({ request, tries: [request], word, note: () => note, divided }, request.kind, snapshot, around);
  return [
    ...(leads ? [] : [one(switchover(member.name), t('Switch over to this member…'))]),
    one(
      restart([member.name], false),
      t('Restart…'),
      member.pendingRestart === null ? undefined : t('a restart is pending'),
    ),
    ...(member.scheduledRestart === null
      ? []
      : [
          one(
            { kind: 'cancel_restart', member: member.name },
            t('Cancel the scheduled restart…'),
            member.scheduledRestart.at,
          ),
        ]),
    one({ kind: 'reload', members: [member.name] }, t('Reload…')),
    ...(leads ? [] : [one(reinitialize(member.name), t('Reinitialize…'), undefined, true)]),
  ];
}

/** The action that answers a finding, where one does; null: a person must do something else. */
export function answerTo(
  code: Snapshot['findings'][number]['code'],
  members: readonly string[],
): { readonly word: string; readonly request: ActionRequest } | null {
  const [member] = members;
  switch (code) {
    case 'pending_restart':
      return { word: t('Rolling restart…'), request: { kind: 'rolling_restart', onlyPending: true } };
    case 'replica_diverged':
      return member === undefined
        ? null
        : { word: t('Reinitialize {member}…', { member }), request: reinitialize(member) };
    case 'paused':
      return { word: t('Resume…'), request: { kind: 'resume' } };
    case 'scheduled_switchover':
      return { word: t('Cancel the schedule…'), request: { kind: 'cancel_switchover' } };
    case 'scheduled_restart':
      return member === undefined
        ? null
        : { word: t('Cancel the restart of {member}…', { member }), request: { kind: 'cancel_restart', member } };
    default:
      return null;
  }
}
