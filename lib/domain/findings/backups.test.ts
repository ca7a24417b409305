import { describe, expect, it } from 'vitest';
import type { BackupPolicy, BackupReport } from '../backups/backup';
import { backup, DAY, HOUR, holed, report } from '../backups/test-reports';
import type { Finding, FindingCode, Snapshot } from '../cluster';
import { NOW, steady } from '../testkit';

const PROD: BackupPolicy = { fullDays: 8, anyHours: 26, windowDays: 14 };
const told = (reports: readonly BackupReport[], policy: BackupPolicy | null = null): Snapshot =>
  steady({ members: [{ name: 'n1' }, { name: 'n2' }], now: NOW, backups: { reports, policy } });
const codes = ({ findings }: Snapshot): FindingCode[] =>
  findings.map(({ code }) => code).filter((code) => /^(backup|restore|archive)_/.test(code));
const find = ({ findings }: Snapshot, code: FindingCode): Finding | undefined =>
  findings.find((finding) => finding.code === code);
const good = [backup('F1', 15), backup('F2', 7), backup('F3', 0.5)];

describe('backups as the policy asks', () => {
  it('are silent, and in the snapshot with the newest good one', () => {
    const snapshot = told([report(good)], PROD);
    expect(codes(snapshot)).toEqual([]);
    expect(snapshot.health).toBe('ok');
    expect(snapshot.cluster.backups?.lastGood).toMatchObject({ label: 'F3', tool: 'pgbackrest', name: 'orders' });
  });

  it('are nothing at all where nobody reports and nobody asks', () => {
    expect(told([]).cluster.backups).toBeUndefined();
    expect(steady({ members: [{ name: 'n1' }] }).cluster.backups).toBeUndefined();
  });

  it('of another cluster are none of this one', () => {
    expect(told([report(good, { systemIdentifier: '1' })]).cluster.backups).toBeUndefined();
  });
});

describe('a report that no longer comes', () => {
  it('is unknown, never green, and the backups it named stay as what was', () => {
    const snapshot = told([report(good, { receivedAt: NOW - 27 * HOUR })]);
    expect(find(snapshot, 'backup_report_late')).toMatchObject({ severity: 'unknown' });
    expect(snapshot.health).toBe('unknown');
  });

  it('near miss: within its limit', () => {
    expect(codes(told([report(good, { receivedAt: NOW - 25 * HOUR })]))).toEqual([]);
  });

  it('is said of each tool for itself', () => {
    const late = { receivedAt: NOW - 3 * DAY };
    const both = [report(good, late), report(good, { ...late, id: 'r2', tool: 'barman' })];
    expect(codes(told(both))).toEqual(['backup_report_late', 'backup_report_late']);
  });
});

describe('no good backup', () => {
  it('is unknown where nobody has reported one though a policy asks, a warning where a report says so', () => {
    expect(find(told([], PROD), 'backup_missing')?.severity).toBe('unknown');
    expect(find(told([report([], { problem: 'no valid backups' })]), 'backup_missing')?.severity).toBe('warning');
    expect(find(told([report([backup('F1', 1, { state: 'failed' })])]), 'backup_missing')?.severity).toBe('warning');
  });
});

describe('a backup that is too old', () => {
  it('is told by kind: an incremental one of today does not make up for a full one of nine days ago', () => {
    const incr = backup('I1', 0.2, { kind: 'incremental', prior: 'F1' });
    const snapshot = told([report([backup('F1', 9), incr])], { ...PROD, windowDays: null });
    expect(codes(snapshot)).toEqual(['backup_too_old']);
    expect(String(find(snapshot, 'backup_too_old')?.title)).toBe(
      'The newest full backup is 9 d old; the policy is 8 d',
    );
  });

  it('near miss: the full one of just under eight days', () => {
    const incr = backup('I1', 0.2, { kind: 'incremental', prior: 'F1' });
    expect(codes(told([report([backup('F1', 7.9), incr])], { ...PROD, windowDays: null }))).toEqual([]);
  });

  it('without a policy says nothing', () => {
    expect(codes(told([report([backup('F1', 300)])]))).toEqual([]);
  });
});

describe('a backup that failed', () => {
  it('is a warning until a good one comes after it', () => {
    const failed = backup('F4', 0.1, { state: 'failed' });
    expect(codes(told([report([...good, failed])], PROD))).toEqual(['backup_failed']);
    expect(codes(told([report([...good, failed, backup('F5', 0.05)])], PROD))).toEqual([]);
  });

  it('is also a repository in trouble, in the words of the tool', () => {
    const found = find(told([report(good, { problem: 'different across repos' })]), 'backup_failed');
    expect(String(found?.title)).toBe('pgBackRest orders: different across repos');
  });
});

describe('the window of a restore', () => {
  it('is too short where the oldest good backup is younger than the policy asks', () => {
    expect(codes(told([report([backup('F1', 6), backup('F2', 0.5)])], PROD))).toEqual(['restore_window_short']);
  });

  it('is told with its gap, and an old gap beyond the window is not', () => {
    const gap = told([report(good, holed([205, 9.5]))], PROD);
    expect(codes(gap)).toEqual(['restore_gap']);
    expect(String(find(gap, 'restore_gap')?.title)).toMatch(/WAL is missing/);
    const old = [backup('F0', 40), backup('F1', 20), backup('F2', 7), backup('F3', 0.5)];
    expect(codes(told([report(old, holed([5, 29]))], PROD))).toEqual([]);
  });

  it('near miss: the last files of a list, which are on their way', () => {
    const edge = holed([299, 1 / 24 + 0.001]);
    expect(codes(told([report(good, edge)], PROD))).toEqual([]);
  });
});

describe('the archive', () => {
  const behind = (more: object, waiting: object) => {
    const archiver = {
      mode: 'on',
      archived_count: 9,
      last_archived_wal: 'x',
      last_archived_ms: NOW - HOUR,
      failed_count: 0,
      ...more,
    };
    return steady({ members: [{ name: 'n1', slow: { archiver, waiting } }, { name: 'n2' }], now: NOW });
  };

  it('that is behind is a warning with its age', () => {
    const found = find(behind({}, { count: 40, since_ms: NOW - 12 * 60_000 }), 'archive_behind');
    expect(String(found?.title)).toBe('The archive of n1 is 12 min behind');
  });

  it('near miss: what has only begun to wait, nothing that waits, and a command that fails, which is another finding', () => {
    expect(codes(behind({}, { count: 2, since_ms: NOW - 30_000 }))).toEqual([]);
    expect(codes(behind({}, { count: 0, since_ms: null }))).toEqual([]);
    const failing = { failed_count: 3, last_failed_ms: NOW - 1000, last_failed_wal: 'y' };
    expect(codes(behind(failing, { count: 40, since_ms: NOW - 12 * 60_000 }))).not.toContain('archive_behind');
  });
});
