// The routes of clusters, and of what is told of all of them: the fleet, the stream, events, the audit.
import { z } from 'zod';
import { EVENT_KINDS } from '../domain/events';
import { LANGUAGES } from '../language/language';
import { approvalAnswerSchema, approvalDraftSchema, takeOutSchema } from './access';
import {
  actionAnswerSchema,
  actionOrderSchema,
  actionRequestSchema,
  actionsAnswerSchema,
  auditAnswerSchema,
  preflightAnswerSchema,
  recordAcknowledgementSchema,
  revisionsAnswerSchema,
  settingsAnswerSchema,
} from './actions';
import { activitySchema } from './activity';
import { backupsSchema, takenSchema } from './backups';
import { careSchema, dcsActionSchema, dcsOrderSchema } from './care';
import { snapshotSchema } from './cluster';
import { driftSchema, fleetDriftSchema } from './drift';
import {
  availabilitySchema,
  eventsSchema,
  historySchema,
  incidentSchema,
  leadershipSchema,
  momentSchema,
  noteAnswerSchema,
  noteDraftSchema,
} from './history';
import { HISTORY_POINTS_MAX, STREAM_SCOPES_MAX } from './limits';
import { beforePage, instantText, limitOf, plain, repeated } from './query';
import { ACTION, on, REPORTER, SEE, SIGNED_IN, somewhere, table } from './route-row';
import { runbooksSchema } from './runbooks';
import { emptySchema, okSchema, severity } from './scalar';
import { clustersSchema, configSchema, streamFrameSchema } from './stream';

export const CLUSTER_ROUTES = table({
  'GET /api/clusters': {
    access: SIGNED_IN,
    tokens: true,
    summary: 'The fleet, worst first',
    answer: clustersSchema,
    errors: [],
  },
  'GET /api/dcs/{source}': {
    access: SIGNED_IN,
    tokens: true,
    summary: 'The DCS of a source: its members, votes, disks, alarms, findings, and the clusters on it',
    description:
      'For whoever may see a cluster of that source; other clusters on it are left out. Asking makes Howdah look every 3 s for a while.',
    answer: careSchema,
    errors: [],
  },
  'GET /api/dcs/{source}/snapshot': {
    access: somewhere('change_dcs'),
    tokens: true,
    summary: 'All keys of a DCS as one file, as it comes',
    description:
      'Of a DCS that gives one. Its last 32 bytes are the SHA-256 of what is before them. Who took it stands in the access log.',
    answer: { kind: 'text', types: ['application/octet-stream'] },
    errors: ['refused'],
  },
  'POST /api/dcs/{source}/actions': {
    access: somewhere('change_dcs'),
    summary: 'Change the members of a DCS: add, promote, remove, move the leader, disarm, defragment',
    description:
      'It is judged on a fresh look at every member; 409 `refused` says what forbids it, and nothing was sent. It goes on by itself: its end is in `actions.records` of the page.',
    body: dcsOrderSchema,
    answer: dcsActionSchema,
    errors: ['refused'],
  },
  'GET /api/stream': {
    access: SIGNED_IN,
    tokens: true,
    summary: 'Fleet rows, and full snapshots of the scopes asked for, as server-sent events',
    description: 'Events: hello, rows, snapshot, action, beat; each `data` is one JSON object with that `kind`.',
    query: z.object({ scope: repeated(plain, STREAM_SCOPES_MAX).describe('with the snapshots of this cluster') }),
    answer: { kind: 'events', frame: streamFrameSchema },
    errors: ['bad_request', 'too_many_streams'],
  },
  'GET /api/events': {
    access: SIGNED_IN,
    tokens: true,
    summary: 'What changed, newest first',
    query: z.object({
      scope: plain.optional().describe('of one cluster only'),
      from: instantText.optional().describe('not before this instant'),
      to: instantText.optional().describe('not after this instant'),
      kind: repeated(z.enum(EVENT_KINDS), EVENT_KINDS.length).describe('of this kind only'),
      severity: severity.optional().describe('of this severity only'),
      text: plain.optional().describe('with this in its text'),
      member: plain.optional().describe('about this member'),
      limit: limitOf(100),
      before: beforePage(/^\d{1,15}_\d{1,18}$/),
    }),
    answer: eventsSchema,
    errors: ['bad_request'],
  },
  'GET /api/availability': {
    access: SIGNED_IN,
    tokens: true,
    summary:
      'For how long clusters took no writes within a window, planned against unplanned, and for how long nobody can say',
    description:
      'Made of the history that is kept. Of one cluster alone each outage says its cause as it was found then. A window of at most a year.',
    query: z.object({
      from: instantText.describe('beginning, epoch ms or an ISO instant with its offset'),
      to: instantText.optional().describe('end; without it now'),
      scope: plain.optional().describe('of one cluster only'),
      label: repeated(plain.regex(/^[^=]+=/, 'expected key=value'), 20).describe(
        '`key=value`: only of clusters with this label',
      ),
      format: z.enum(['json', 'csv']).optional().describe('csv: a line for each outage and each span not seen'),
    }),
    answer: availabilitySchema,
    files: ['text/csv'],
    errors: ['bad_request', 'not_ready'],
  },
  'GET /api/audit': {
    access: SIGNED_IN,
    tokens: true,
    summary: 'Who did what, why, when, before, after, outcome; newest first',
    query: z.object({
      scope: plain.optional().describe('of one cluster only'),
      limit: limitOf(50),
      before: beforePage(),
      format: z.enum(['json', 'csv']).optional().describe('every row, as a file'),
    }),
    answer: auditAnswerSchema,
    files: ['text/csv'],
    errors: ['bad_request'],
  },
  'POST /api/audit/acknowledge': {
    access: somewhere('acknowledge_record'),
    summary: 'Acknowledge what was found of the record: an entry of the journal says who, when, why and what',
    description: 'Until then it is said by the audit, `/api/health`, an alert and `howdah audit verify`.',
    body: recordAcknowledgementSchema,
    answer: emptySchema,
    errors: ['refused', 'not_ready'],
  },
  'GET /api/clusters/{scope}': {
    access: SEE,
    summary: 'The newest snapshot of a cluster',
    answer: snapshotSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/history': {
    access: SEE,
    summary: 'Lag, WAL rate, health, leader and events of a window',
    description: 'Samples in at most `points` buckets: the worst lag of each; null is a gap, nothing is interpolated.',
    query: z.object({
      from: instantText
        .optional()
        .describe('beginning, epoch ms or an ISO instant with its offset; without it 15 minutes before `to`'),
      to: instantText.optional().describe('end; without it now'),
      points: z.coerce
        .number<string>()
        .int()
        .min(1)
        .max(HISTORY_POINTS_MAX)
        .default(300)
        .describe('at most so many buckets'),
    }),
    answer: historySchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/moment': {
    access: SEE,
    summary: 'The cluster as it was, and whether Howdah watched',
    query: z.object({ at: instantText.describe('the moment, epoch ms or an ISO instant with its offset') }),
    answer: momentSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/leadership': {
    access: SEE,
    summary: 'Who led when, oldest first, and how each came to lead',
    answer: leadershipSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/incident': {
    access: SEE,
    summary: 'Everything that was kept of a window of at most 7 days',
    query: z.object({
      from: instantText.describe('beginning, epoch ms or an ISO instant with its offset'),
      to: instantText.optional().describe('end; without it now'),
      format: z.enum(['json', 'md', 'html']).optional().describe('md or html: the report as a file instead of JSON'),
      zone: plain.optional().describe('of the report: an IANA time zone; UTC without it'),
      language: z.enum(LANGUAGES).optional().describe('of the report; en without it'),
    }),
    answer: incidentSchema,
    files: ['text/markdown', 'text/html'],
    errors: [],
  },
  'POST /api/clusters/{scope}/notes': {
    access: on('note'),
    summary: 'Keep words about a moment',
    body: noteDraftSchema,
    answer: noteAnswerSchema,
    errors: [],
  },
  'POST /api/clusters/{scope}/notes/{id}': {
    access: on('note'),
    summary: 'Withdraw a note: it stays, struck out',
    body: emptySchema,
    answer: noteAnswerSchema,
    errors: [],
  },
  'POST /api/clusters/{scope}/roster': {
    access: on('take_out'),
    summary: 'Say that a lost member was taken out, or that the cluster was removed',
    description:
      'It is then not missed any longer. Refused for who is in the member list; nothing is sent to the cluster. Recorded in the journal.',
    body: takeOutSchema,
    answer: okSchema,
    errors: ['refused'],
  },
  'GET /api/clusters/{scope}/runbooks': {
    access: SEE,
    summary: 'Runbooks about findings and causes of this cluster, and links to other tools',
    answer: runbooksSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/config': {
    access: SEE,
    summary: 'Dynamic configuration as stored, with its revision',
    answer: configSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/config/revisions': {
    access: SEE,
    summary: 'Earlier revisions of the dynamic configuration, newest first',
    description:
      'As far as the store and the history of the DCS reach; also those that something else than Howdah wrote.',
    answer: revisionsAnswerSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/settings': {
    access: SEE,
    summary: 'pg_settings of every member that answers',
    answer: settingsAnswerSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/drift': {
    access: SEE,
    summary: 'What differs between the members of a cluster, from its dynamic configuration, and from its profile',
    description:
      'Looked at every few minutes by the monitoring role. Values that may hold a secret are left out for whoever may not read statements, and masked otherwise.',
    query: z.object({ fresh: plain.optional().describe('1: look now; shared by all who ask within 15 s') }),
    answer: driftSchema,
    errors: [],
  },
  'GET /api/drift': {
    access: SIGNED_IN,
    tokens: true,
    summary: 'Every cluster against its profile, those that deviate first',
    answer: fleetDriftSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/members/{name}/activity': {
    access: SEE,
    summary: 'What goes on inside the PostgreSQL of a member: sessions, who blocks whom, what holds vacuum back',
    description:
      'One question to that member by the monitoring role, shared by all who ask within 1.5 s. Texts of statements are left out for whoever may not read them, and hold no literals otherwise.',
    query: z.object({
      literals: plain.optional().describe('1: statements with the values in them; needs a right of its own'),
    }),
    answer: activitySchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/backups': {
    access: SEE,
    summary: 'Backups as they are reported, where a restore leads, and how one gets back to a moment',
    query: z.object({ at: instantText.optional().describe('plan a restore to this moment') }),
    answer: backupsSchema,
    errors: ['bad_request'],
  },
  'POST /api/backups': {
    access: REPORTER,
    summary: 'Report backups: what pgBackRest, Barman or WAL-G printed, as it is',
    description:
      'Of `pgbackrest info --output=json`, `barman -f json list-backups`, `wal-g backup-list --detail --json`; or of `pgbackrest repo-ls archive/STANZA --recurse --output=json`, by which missing WAL is found. Whose it is says the system identifier in it.',
    query: z.object({
      cluster: plain.optional().describe('whose it is, where the tool tells no system identifier (Barman)'),
      stanza: plain.optional().describe('of a list of the archive: the stanza that this token has reported before'),
    }),
    body: z.string(),
    rawBody: true,
    answer: takenSchema,
    errors: ['not_found', 'refused'],
  },
  'POST /api/clusters/{scope}/preflight': {
    access: SEE,
    summary: 'What an action would do, and what forbids it or speaks against it',
    description: 'Changes nothing. The token of the answer is bound to what was seen; an action needs it.',
    query: z.object({
      approval: plain.optional().describe('id of a request for a second person: as the one who decides on it'),
      breakGlass: plain.optional().describe('1: without the second person that is needed'),
    }),
    body: actionRequestSchema,
    answer: preflightAnswerSchema,
    errors: [],
  },
  'GET /api/clusters/{scope}/actions': {
    access: SEE,
    summary: 'The running action and the newest ones',
    answer: actionsAnswerSchema,
    errors: [],
  },
  'POST /api/clusters/{scope}/actions': {
    access: ACTION,
    summary: 'Run one action',
    description:
      '202: its intent is in the journal and it goes on by itself; follow it by its id. 200: the idempotency key was seen before, this is what it did. 409 `refused`: it may not be done now, `details` say why; nothing was sent.',
    body: actionOrderSchema,
    answer: actionAnswerSchema,
    accepted: 'accepted: it runs now',
    errors: ['refused', 'conflict'],
  },
  'GET /api/clusters/{scope}/actions/{id}': {
    access: SEE,
    summary: 'One action: steps, what was seen, outcome',
    answer: actionAnswerSchema,
    errors: [],
  },
  'POST /api/clusters/{scope}/approvals': {
    access: ACTION,
    tokens: false,
    summary: 'Ask for a second person',
    body: approvalDraftSchema,
    answer: approvalAnswerSchema,
    errors: ['refused'],
  },
});
