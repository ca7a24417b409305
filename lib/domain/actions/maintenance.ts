// The presses of a maintenance: what each means, what its button says, and the note that comes of its record. Beside the rest of the
// preflight, so that a card need not load it. Pure.

import { formatSeconds, joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Cluster } from '../cluster';
import type { MaintenanceMember, MaintenanceNote, MaintenanceRequest } from '../maintenance-note';
import type { ActionRecord, ActionRequest } from './action';

/** The note after a press that was noted; the same where the record changes nothing of it. null: there is none (any more). */
export function noteAfter(note: MaintenanceNote | null, record: ActionRecord): MaintenanceNote | null {
  const { request, outcome } = record;
  if (request.kind !== 'maintenance' || outcome !== 'done') return note;
  const at = record.closedAt ?? record.requestedAt;
  const { plan, member } = request;
  switch (request.step) {
    case 'begin':
      if (plan === null) return note;
      return {
        ...{ actionId: record.id, by: record.actor, reason: record.reason, beganAt: at },
        ...{ work: plan.work, minutes: plan.minutes, systemIdentifier: record.bound.systemIdentifier },
        members: plan.members.map((name) => ({
          ...{ name, state: 'waiting', outAt: null, outBy: null, backAt: null, backBy: null, before: null },
        })),
      };
    case 'out': {
      const was = record.before.members.find(({ name }) => name === member);
      const { startedAt = null, postgres = null, patroni = null } = was ?? {};
      const before = { startedAt, postgres, patroni };
      return changed(note, member, { state: 'out', outAt: at, outBy: record.actor, before });
    }
    case 'back': {
      const after = changed(note, member, { state: 'done', backAt: at, backBy: record.actor });
      return after?.members.every(({ state }) => state === 'done') === true ? null : after;
    }
    case 'end':
      return null;
  }
}

function changed(
  note: MaintenanceNote | null,
  member: string | null,
  change: Partial<MaintenanceMember>,
): MaintenanceNote | null {
  if (note === null) return null;
  return { ...note, members: note.members.map((one) => (one.name === member ? { ...one, ...change } : one)) };
}

/** How a press that was noted ends. */
export function notedText(request: ActionRequest): Text {
  if (request.kind !== 'maintenance') return say`Noted.`;
  const name = request.member ?? '';
  switch (request.step) {
    case 'begin':
      return say`The maintenance began.`;
    case 'out':
      return say`${name} is out: it may be stopped now.`;
    case 'back':
      return say`${name} is done.`;
    case 'end':
      return say`The maintenance was ended.`;
  }
}

export function summaryOf(
  { step, member, plan }: MaintenanceRequest,
  { maintenance }: Pick<Cluster, 'maintenance'>,
): Text {
  const name = member ?? '';
  switch (step) {
    case 'begin':
      return say`${joinNames(plan?.members ?? [])}: each is taken out, worked on by a person and proved to be back before the next; whoever leads comes last. Nothing happens before the first one is taken out.`;
    case 'out':
      return say`From then on ${name} may be stopped, by you, at its host. Howdah sends nothing, and does not tell of its absence for ${formatSeconds((maintenance?.minutes ?? 0) * 60)}.`;
    case 'back':
      return say`${name} is done. Its absence is told again like that of any other.`;
    case 'end':
      return say`The maintenance is over as it stands. Whoever is out still is told like any other from then on.`;
  }
}

export function buttonOf({ step, member }: MaintenanceRequest): Text {
  switch (step) {
    case 'begin':
      return say`Begin maintenance`;
    case 'out':
      return say`Take ${member ?? ''} out`;
    case 'back':
      return say`${member ?? ''} is done`;
    case 'end':
      return say`End maintenance`;
  }
}

export interface HostCommand {
  readonly command: string;
  readonly about: Text;
}

/** What a person types at the host of the member that is out. `major` null: not known. Of some other work the stop and the start alone. */
export function commandsFor(
  { work }: Pick<MaintenanceNote, 'work'>,
  paused: boolean | null,
  major: string | null,
): readonly HostCommand[] {
  const middle: Readonly<Record<MaintenanceNote['work'], readonly HostCommand[]>> = {
    kernel: [{ command: 'systemctl reboot', about: say`after the update` }],
    postgresql: [
      {
        command: `apt-get install --only-upgrade postgresql-${major ?? 'N'}`,
        about: say`or as your packages go`,
      },
    ],
    patroni: [{ command: 'apt-get install --only-upgrade patroni', about: say`or as it was installed` }],
    other: [],
  };
  return [
    {
      command: 'systemctl stop patroni',
      about: paused === true ? say`PostgreSQL goes on: the cluster is paused` : say`stops its PostgreSQL too`,
    },
    ...middle[work],
    { command: 'systemctl start patroni', about: say`where it does not start by itself` },
  ];
}
