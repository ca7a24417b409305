// Which events a page shows, to and from its address. Pure. The server filters; the same words go to it.
import { PATHS } from '../../contract/paths';
import type { EventKind } from '../../domain/events';
import { SEVERITIES, type Severity } from '../../domain/severity';
import { form, t } from '../words/text';
import { parseMoment } from './moment';

export const EVENT_GROUPS = [
  {
    value: 'leadership',
    word: form('Leadership'),
    kinds: ['leader_changed', 'leader_lost', 'timeline_changed', 'switchover_scheduled', 'switchover_cancelled'],
  },
  {
    value: 'members',
    word: form('Members'),
    kinds: [
      'role_changed',
      'state_changed',
      'member_joined',
      'member_left',
      'member_moved',
      'member_silent',
      'member_answers',
    ],
  },
  { value: 'replay', word: form('Replay'), kinds: ['replay_paused', 'replay_resumed'] },
  { value: 'pause', word: form('Pause'), kinds: ['paused', 'resumed'] },
  { value: 'config', word: form('Configuration'), kinds: ['config_changed'] },
  { value: 'entries', word: form('Entry points'), kinds: ['entry_moved'] },
  { value: 'findings', word: form('Findings'), kinds: ['finding_raised', 'finding_cleared'] },
] as const satisfies readonly { value: string; word: string; kinds: readonly EventKind[] }[];

export type EventGroup = (typeof EVENT_GROUPS)[number]['value'];

export interface EventFilter {
  /** null: every cluster. */
  readonly scope: string | null;
  readonly group: EventGroup | null;
  readonly severity: Severity | null;
  readonly text: string;
  /** Whom it is about; null: anybody. */
  readonly member: string | null;
  readonly from: number | null;
  readonly to: number | null;
}

export interface ReadFilter {
  readonly filter: EventFilter;
  /** What in the address could not be used. */
  readonly notices: readonly string[];
}

/** `fixed`: the scope of a cluster's own page; null: the address says which. */
export function parseEventFilter(query: URLSearchParams, fixed: string | null): ReadFilter {
  const notices: string[] = [];
  const group = query.get('group');
  const severity = query.get('severity');
  const known = EVENT_GROUPS.find((one) => one.value === group)?.value ?? null;
  const worst = SEVERITIES.find((one) => one === severity) ?? null;
  if (group !== null && known === null)
    notices.push(t('There is no group of events called "{group}".', { group: group.slice(0, 40) }));
  if (severity !== null && worst === null)
    notices.push(t('There is no severity called "{severity}".', { severity: severity.slice(0, 40) }));
  const edge = (key: 'from' | 'to'): number | null => {
    const given = query.get(key);
    if (given === null) return null;
    const parsed = parseMoment(given, 0);
    if (parsed.kind === 'moment') return parsed.at;
    notices.push(parsed.text);
    return null;
  };
  let from = edge('from');
  let to = edge('to');
  if (from !== null && to !== null && from > to) [from, to] = [to, from];
  return {
    filter: {
      scope: fixed ?? query.get('scope'),
      group: known,
      severity: worst,
      text: (query.get('text') ?? '').slice(0, 200),
      member: query.get('member')?.slice(0, 200) || null,
      from,
      to,
    },
    notices,
  };
}

/** For the address: only what is chosen; `?` included, empty when nothing is. */
export function printEventFilter(filter: EventFilter, fixed: string | null): string {
  const query = new URLSearchParams();
  if (fixed === null && filter.scope !== null) query.set('scope', filter.scope);
  if (filter.group !== null) query.set('group', filter.group);
  if (filter.severity !== null) query.set('severity', filter.severity);
  if (filter.text.trim() !== '') query.set('text', filter.text);
  if (filter.member !== null) query.set('member', filter.member);
  if (filter.from !== null) query.set('from', String(filter.from));
  if (filter.to !== null) query.set('to', String(filter.to));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export function isFiltered(filter: EventFilter): boolean {
  const { group, severity, text, member, from, to } = filter;
  return group !== null || severity !== null || text.trim() !== '' || member !== null || from !== null || to !== null;
}

const EVENT_PAGE = 100;

/** `GET /api/events` with this filter, the page after `before`. */
export function eventsRequest(filter: EventFilter, before: string | null): string {
  const query = new URLSearchParams();
  if (filter.scope !== null) query.set('scope', filter.scope);
  for (const kind of EVENT_GROUPS.find((one) => one.value === filter.group)?.kinds ?? []) query.append('kind', kind);
  if (filter.severity !== null) query.set('severity', filter.severity);
  if (filter.text.trim() !== '') query.set('text', filter.text.trim());
  if (filter.member !== null) query.set('member', filter.member);
  if (filter.from !== null) query.set('from', String(filter.from));
  if (filter.to !== null) query.set('to', String(filter.to));
  query.set('limit', String(EVENT_PAGE));
  if (before !== null) query.set('before', before);
  return `${PATHS.events}?${query}`;
}
