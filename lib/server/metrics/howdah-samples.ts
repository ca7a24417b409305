// How Howdah itself is, as samples: the health answer in numbers. What the answer does not know has no sample.
import type { HealthAnswer } from '../../contract/stream';
import type { Sample } from '../../domain/metrics/exposition';
import type { FamilyName } from '../../domain/metrics/family';

type Put = (family: FamilyName, value: number | boolean | null, labels?: Readonly<Record<string, string>>) => void;

export function howdahSamples(health: HealthAnswer, now: number): readonly Sample[] {
  const samples: Sample[] = [];
  const put: Put = (family, value, labels = {}) => {
    if (value !== null) samples.push({ family, labels, value: Number(value) });
  };
  put('howdah_build', 1, { version: health.version, node_version: process.version });
  ofCollector(health, put);
  put('howdah_streams', health.streams);
  const { kind, state, since, behind } = health.store;
  put('howdah_store_ready', state === 'ready', { kind });
  put('howdah_store_state_age_seconds', Math.max(0, now - since) / 1000, { kind });
  put('howdah_store_journal_behind', behind, { kind });
  put('howdah_journal_entries', health.journal.entries);
  put('howdah_journal_writable', health.journal.problem === null);
  for (const { name: stream, behind, dropped, failingSince, lastOkAt } of health.journal.streams) {
    put('howdah_audit_stream_behind', behind, { stream });
    put('howdah_audit_stream_dropped', dropped, { stream });
    put('howdah_audit_stream_failing', failingSince !== null, { stream });
    put('howdah_audit_stream_success_time_seconds', seconds(lastOkAt), { stream });
  }
  ofHistory(health, put);
  return samples;
}

function ofCollector({ collector }: HealthAnswer, put: Put): void {
  put('howdah_collector_silence_seconds', seconds(collector.ageMs));
  put('howdah_collector_round_duration_seconds', seconds(collector.roundMs));
  // Before its first word it watches nothing that we know of.
  if (collector.ageMs === null) return;
  put('howdah_collector_clusters', collector.scopes);
  put('howdah_collector_members', collector.members);
  const problems = new Map<string, number>();
  for (const { source } of collector.problems) problems.set(source, (problems.get(source) ?? 0) + 1);
  for (const [source, count] of problems) put('howdah_collector_problems', count, { source });
}

function ofHistory({ history }: HealthAnswer, put: Put): void {
  if (history === null) return;
  put('howdah_history_buffered', history.buffered);
  put('howdah_history_buffered_bytes', history.bufferedBytes);
  put('howdah_history_buffer_limit_bytes', history.bufferLimitBytes);
  put('howdah_history_dropped', history.droppedSamples, { kind: 'sample' });
  put('howdah_history_dropped', history.droppedFrames, { kind: 'frame' });
  put('howdah_history_dropped', history.droppedEvents, { kind: 'event' });
  put('howdah_history_stored_time_seconds', seconds(history.storedAt));
  put('howdah_history_stored_bytes', history.storedBytes);
  put('howdah_history_limit_bytes', history.limitBytes);
  put('howdah_history_clusters_elsewhere', history.elsewhere);
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
