// The few words of a finding that are read from five metres, a row a code. `label` stands on the card, `tile` on the tile where it
// says more there: a name, an amount. About fourteen characters are readable on a tile.
import type { Finding, FindingCode, Snapshot } from '../../domain/cluster';
import { formatBytes, plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';

interface Row {
  readonly label: Text;
  /** Where the label says too little or too much; null: it does not. */
  readonly card?: (finding: Finding, snapshot: Snapshot) => Text | null;
  /** null: no more than the label. */
  readonly tile?: (finding: Finding, snapshot: Snapshot) => Text | null;
}

const NAME_MAX = 5;

const ROWS: Readonly<Record<FindingCode, Row>> = {
  not_its_answer: { label: say`whose answer?` },
  initialize_key_wrong: { label: say`wrong key` },
  keys_gone: { label: say`keys gone` },
  bootstrap: { label: say`bootstrap` },
  bootstrap_failed: { label: say`bootstrap failed` },
  leftover_keys: { label: say`only keys` },
  external_standby: { label: say`external standby` },
  primary_in_standby_cluster: { label: say`primary in standby` },
  site_diverged: { label: say`sites forked` },
  sites_both_writable: { label: say`both sites write` },
  site_upstream: { label: say`site upstream` },
  site_slot_missing: { label: say`site slot missing` },
  switchover_pending: { label: say`switchover asked` },
  no_leader: { label: say`no leader` },
  multiple_primaries: {
    label: say`several primaries`,
    tile: ({ members }) => plural(members.length, 'primary', 'primaries'),
  },
  leader_key_without_primary: { label: say`no primary` },
  primary_without_leader_key: {
    label: say`primary without key`,
    tile: ({ members }) => (short(members) === null ? null : say`${short(members) ?? ''}: no key`),
  },
  member_lost: { label: say`member gone`, card: ({ members }) => say`${members[0] ?? ''} is gone` },
  member_unreachable: {
    label: say`no answer`,
    card: (finding, snapshot) => (onlyPatroni(finding, snapshot) ? say`Patroni silent` : null),
    tile: (finding, snapshot) => {
      if (onlyPatroni(finding, snapshot)) return say`Patroni silent`;
      const name = short(finding.members);
      return name === null ? counted(finding.members) : say`${name} silent`;
    },
  },
  member_not_running: {
    label: say`not running`,
    tile: ({ members }) => (short(members) === null ? null : say`${short(members) ?? ''} is down`),
  },
  replica_not_streaming: { label: say`no stream` },
  replica_diverged: {
    label: say`forked`,
    tile: ({ members }) => (short(members) === null ? null : say`${short(members) ?? ''} forked`),
  },
  timeline_behind: { label: say`old timeline` },
  replay_paused: { label: say`replay paused` },
  lag_high: {
    label: say`lag`,
    tile: (finding, snapshot) => {
      const lag = worstLag(finding, snapshot);
      return lag === null ? null : say`lag ${formatBytes(lag)}`;
    },
  },
  lag_unknown: { label: say`lag unknown` },
  sync_standby_missing: {
    label: say`no sync standby`,
    tile: ({ severity }) => (severity === 'critical' ? say`commits wait` : say`no sync`),
  },
  pending_restart: { label: say`pending restart` },
  paused: { label: say`paused` },
  no_failover_candidate: { label: say`no candidate` },
  failsafe_active: { label: say`failsafe` },
  dcs_unreachable: { label: say`DCS silent` },
  dcs_no_quorum: { label: say`no quorum` },
  dcs_endpoint_down: { label: say`DCS node silent` },
  dcs_alarm: { label: say`DCS alarm` },
  dcs_too_much: { label: say`keys left out` },
  dcs_session_limit: { label: say`ttl cut` },
  dcs_slow_disk: { label: say`DCS disk slow` },
  dcs_size: { label: say`DCS nearly full` },
  dcs_certificate: { label: say`DCS certificate ends` },
  dcs_unstarted: { label: say`DCS voter missing` },
  dcs_one_host: { label: say`DCS on one host` },
  dcs_not_seen: { label: say`DCS cut off` },
  dcs_rival: { label: say`two leader keys` },
  stale_member_key: { label: say`stale key` },
  system_identifier_mismatch: { label: say`foreign member` },
  config_not_in_force: { label: say`config refused` },
  reads_only: { label: say`read-only` },
  ttl_too_short: { label: say`ttl too short` },
  version_mismatch: { label: say`mixed versions` },
  slot_retains_wal: {
    label: say`WAL kept`,
    tile: (finding, snapshot) => {
      const kept = retained(finding, snapshot);
      return kept === null ? null : say`WAL ${formatBytes(kept)}`;
    },
  },
  archiving_failing: { label: say`no archiving` },
  archive_behind: { label: say`archive behind` },
  disk_full: { label: say`disk full` },
  disk_filling: { label: say`disk fills` },
  host_out_of_memory: { label: say`out of memory` },
  host_unseen: { label: say`host unseen` },
  certificate_ends: { label: say`certificate ends` },
  backup_missing: { label: say`no backup` },
  backup_too_old: { label: say`old backup` },
  backup_failed: { label: say`backup failed` },
  backup_report_late: { label: say`backups unseen` },
  restore_window_short: { label: say`short window` },
  restore_gap: { label: say`restore gap` },
  scheduled_switchover: { label: say`planned switchover` },
  scheduled_restart: { label: say`planned restart` },
  clock_skew: { label: say`clock skew` },
  observation_stale: { label: say`no news` },
  entry_unseen: { label: say`door not seen` },
  entry_leads_nowhere: { label: say`clients cut off` },
  entry_wrong_member: { label: say`wrong door` },
  entry_several: { label: say`two behind door` },
  entry_role_not_tested: { label: say`role not asked` },
  entry_keeps_sessions: { label: say`sessions kept` },
  entry_rest_unreachable: { label: say`check cut off` },
  entry_drained: { label: say`drained by hand` },
  pool_paused: { label: say`pool paused` },
  pool_cannot_login: { label: say`pool cut off` },
  pool_clients_wait: { label: say`clients wait` },
  pool_slow_retry: { label: say`slow retry` },
};

export const NO_ANSWER_YET = say`no answer yet`;

export function labelOf(finding: Finding, snapshot: Snapshot): Text {
  const row = ROWS[finding.code];
  return row.card?.(finding, snapshot) ?? row.label;
}

/** The label of a code that a newer or older Howdah may have written; null: not known here. */
export function labelOfText(code: string): Text | null {
  return Object.entries(ROWS).find(([known]) => known === code)?.[1].label ?? null;
}

export function tileWords(finding: Finding, snapshot: Snapshot): Text {
  const row = ROWS[finding.code];
  return row.tile?.(finding, snapshot) ?? row.label;
}

/** The number of a card with its words. `number` null: how long it has lasted. */
export function numberOf(finding: Finding, snapshot: Snapshot): { readonly number: Text | null; readonly words: Text } {
  const { cluster } = snapshot;
  if (cluster.writable === false && cluster.standbyCluster === null) return { number: null, words: say`not writable` };
  const amount = (bytes: number | null, words: Text): { number: Text; words: Text } | null =>
    bytes === null ? null : { number: formatBytes(bytes), words };
  const found = ((): { number: Text | null; words: Text } | null => {
    switch (finding.code) {
      case 'replica_diverged':
        return amount(forkedBytes(finding, snapshot), say`past the fork`);
      case 'lag_high':
        return amount(worstLag(finding, snapshot), say`behind`);
      case 'slot_retains_wal':
        return amount(retained(finding, snapshot), say`of WAL kept`);
      case 'member_unreachable':
      case 'dcs_unreachable':
      case 'dcs_endpoint_down':
      case 'observation_stale':
        return { number: null, words: say`without an answer` };
      default:
        return null;
    }
  })();
  return found ?? { number: null, words: ROWS[finding.code].label };
}

/** PostgreSQL of all of them still answers. */
function onlyPatroni({ members }: Finding, { cluster }: Snapshot): boolean {
  return cluster.members.every(({ name, silent }) => !members.includes(name) || !silent);
}

/** The only name, where it is short enough for a tile. */
function short(names: readonly string[]): Text | null {
  const [first] = names;
  return names.length === 1 && first !== undefined && first.length <= NAME_MAX ? first : null;
}

function counted(names: readonly string[]): Text | null {
  return names.length > 1 ? say`silent: ${names.length}` : null;
}

function worstLag({ members }: Finding, { cluster }: Snapshot): number | null {
  return greatest(cluster.members.map(({ name, lag }) => (members.includes(name) ? lag.replayBytes : null)));
}

function forkedBytes({ members }: Finding, { cluster }: Snapshot): number | null {
  return greatest(
    cluster.members.map(({ name, divergence }) => (members.includes(name) ? (divergence?.pastBytes ?? null) : null)),
  );
}

function retained({ members }: Finding, { cluster }: Snapshot): number | null {
  const slots = cluster.members.flatMap((member) => (members.includes(member.name) ? (member.slots ?? []) : []));
  return greatest(slots.map((slot) => (slot.active === true ? null : slot.retainedBytes)));
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
