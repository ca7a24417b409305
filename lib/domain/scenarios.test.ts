// Walks every recorded scenario: raw frames in, readable text out, compared with expected.txt. `UPDATE=1 npx vitest run
// lib/domain/scenarios` writes it anew; the diff is then what a reviewer judges.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES, type FindingCode, type Snapshot } from './cluster';
import type { Change } from './events';
import type { RawObservation } from './raw';
import { parseRecording } from './recording';
import { renderPreflights, renderSnapshot } from './render';
import { buildSnapshot } from './snapshot';
import { madeNames, madeSnapshot, readMade } from './test-made-states';
import { quietFacts } from './testkit';

const ROOT = join(import.meta.dirname, 'testdata');

interface Meta {
  readonly title: string;
  readonly generation: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly patronictl: unknown;
}

interface PatronictlRow {
  readonly Member: string;
  readonly Role: string;
  readonly State: string;
  readonly TL?: number | string;
  readonly 'Pending restart'?: string;
}

function frames(folder: string): RawObservation[] {
  return readdirSync(folder)
    .filter((name) => /^frame-\d+\.json$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => parseRecording(readFileSync(join(folder, name), 'utf8')));
}

function play(folder: string): { readonly snapshot: Snapshot; readonly changes: readonly Change[] } {
  let before: Snapshot | null = null;
  let changes: readonly Change[] = [];
  for (const raw of frames(folder)) {
    const built = buildSnapshot(raw, before, null);
    before = built.snapshot;
    changes = built.changes;
  }
  if (before === null) throw new Error(`${folder} has no frames`);
  return { snapshot: before, changes };
}

const scenarios = existsSync(ROOT)
  ? readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  : [];

/**
 * Where patronictl is late or blind, or had nobody to ask, and Howdah must differ: etcd stalled, keys older than the roles
 * just after a switchover, a primary behind Patroni's back. Everywhere else both agree.
 */
const PATRONICTL_IS_WRONG = /-failsafe$|-freeze-|-kill-quorum$|-just-switched-over$|-second-primary$/;

describe('recorded scenarios', () => {
  it('are at least 25, from at least three generations', () => {
    const generations = new Set(scenarios.map((name) => meta(name).generation));
    expect(scenarios.length).toBeGreaterThanOrEqual(25);
    expect(generations.size).toBeGreaterThanOrEqual(3);
  });

  it.each(scenarios)('%s reads as expected', (name) => {
    const { snapshot, changes } = play(join(ROOT, name));
    const text = `${meta(name).title}\n\n${renderSnapshot(snapshot, changes)}\n${renderPreflights(snapshot, quietFacts(snapshot))}`;
    const file = join(ROOT, name, 'expected.txt');
    if (process.env.UPDATE) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  it.each(scenarios.filter((name) => !PATRONICTL_IS_WRONG.test(name)))(
    '%s shows the members, roles, timelines and pending restarts of patronictl',
    (name) => {
      const rows = meta(name).patronictl;
      if (!Array.isArray(rows)) throw new Error(`${name} was recorded without patronictl`);
      const { cluster } = play(join(ROOT, name)).snapshot;
      const listed = cluster.members.filter((member) => member.listed);
      expect(listed.map((member) => member.name)).toEqual(
        (rows as PatronictlRow[]).map((row) => row.Member).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
      );
      for (const row of rows as PatronictlRow[]) {
        const member = listed.find((entry) => entry.name === row.Member);
        expect(member?.clusterRole?.replace('_', ' ')).toBe(row.Role.toLowerCase());
        if (row.TL !== undefined && row.TL !== '') expect(String(member?.timeline)).toBe(String(row.TL));
        if (row['Pending restart'] === '*') expect(member?.pendingRestart).not.toBeNull();
      }
    },
  );

  it.each(scenarios.filter((name) => /healthy|near-/.test(name)))('%s raises nothing loud', (name) => {
    const loud = play(join(ROOT, name)).snapshot.findings.filter((finding) => finding.severity !== 'note');
    expect(loud.map((finding) => `${finding.code}: ${finding.title}`)).toEqual([]);
  });
});

/** They need a moment before, a memory, thousands of keys or another DCS, which made states have not: proved in cause.test.ts, lost.test.ts, dcs.test.ts and on an etcd in e2e/fake. */
const BUILT: readonly FindingCode[] = [
  'keys_gone',
  'member_lost',
  'dcs_too_much',
  'dcs_rival',
  'dcs_session_limit',
  // Nobody reported backups of the labs that were recorded: findings/backups.test.ts, and a real pgBackRest in e2e/truth.
  'archive_behind',
  ...FINDING_CODES.filter((code) => /^(backup|restore|disk|host)_/.test(code)),
  // Labs speak plain http: findings/certificates.test.ts.
  'certificate_ends',
  // A look at the DCS itself, which recordings have not: care.test.ts, dcs-troubles.test.ts and e2e/truth/dcs-care.lab.ts.
  'dcs_slow_disk',
  'dcs_size',
  'dcs_certificate',
  'dcs_unstarted',
  'dcs_one_host',
  // They take two clusters: findings/sites.test.ts.
  ...FINDING_CODES.filter((code) => /^sites?_/.test(code)),
  // Recordings have no doors: findings/entries.test.ts, and the real ones in e2e/truth.
  ...FINDING_CODES.filter((code) => /^(entry|pool)_/.test(code)),
];
/** Codes that no lab was brought to say yet: proved by the made states. */
const MADE: readonly FindingCode[] = [
  'not_its_answer',
  'initialize_key_wrong',
  'bootstrap',
  'bootstrap_failed',
  'leftover_keys',
  'external_standby',
  'switchover_pending',
  'primary_in_standby_cluster',
  'reads_only',
  'ttl_too_short',
  'dcs_not_seen',
];

describe('findings over the recorded scenarios', () => {
  const fired = new Map<FindingCode, string[]>();
  const quiet = new Map<FindingCode, string[]>();
  for (const name of scenarios) {
    const codes = new Set(play(join(ROOT, name)).snapshot.findings.map((finding) => finding.code));
    for (const code of FINDING_CODES) {
      const list = codes.has(code) ? fired : quiet;
      list.set(code, [...(list.get(code) ?? []), name]);
    }
  }

  it.each(MADE)('%s fires in a made state and stays quiet in a recorded one', (code) => {
    const made = madeNames().filter((name) => madeSnapshot(readMade(name)).findings.some((one) => one.code === code));
    expect(made).not.toEqual([]);
    expect(quiet.get(code) ?? []).not.toEqual([]);
  });

  it.each(FINDING_CODES.filter((code) => code !== 'observation_stale' && ![...MADE, ...BUILT].includes(code)))(
    '%s fires in a recorded scenario and stays quiet in a near miss',
    (code) => {
      expect(fired.get(code) ?? []).not.toEqual([]);
      expect(quiet.get(code) ?? []).not.toEqual([]);
    },
  );
});

function meta(name: string): Meta {
  return JSON.parse(readFileSync(join(ROOT, name, 'scenario.json'), 'utf8')) as Meta;
}
