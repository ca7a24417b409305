// The text is what node_exporter 1.5 of Debian 12 said, shortened to what is read and some that is not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, FindingCode, Snapshot } from '../cluster';
import { buildSnapshot } from '../snapshot';
import { cluster, NOW } from '../testkit';
import { parseHost } from '../wire/node-exporter';

const TEXT = readFileSync(join(import.meta.dirname, 'testdata/node-exporter.txt'), 'utf8');
const GIB = 1024 ** 3;
const MIN = 60_000;

/** What n2's machine says at each of these moments, after the first. */
function seen(answers: readonly (readonly [atMs: number, body: string | null])[]): Snapshot {
  let before: Snapshot | null = null;
  let good: { value: { body: string }; at: number; tookMs: number } | null = null;
  for (const [atMs, body] of answers) {
    const now = NOW + atMs;
    const raw = cluster({ members: [{ name: 'n1' }, { name: 'n2' }], now });
    const at = { at: now, tookMs: 5 };
    if (body !== null) good = { value: { body }, ...at };
    const last =
      body === null
        ? { ok: false as const, error: { kind: 'refused' as const, message: 'nothing listens there' }, ...at }
        : { ok: true as const, value: { body }, ...at };
    const members = raw.members.map((member) =>
      member.name === 'n2' ? { ...member, machine: { last, good } } : member,
    );
    before = buildSnapshot({ ...raw, members }, before, null).snapshot;
  }
  if (before === null) throw new Error('no moment');
  return before;
}

const machineOf = ({ cluster: { members } }: Snapshot) => members.find(({ name }) => name === 'n2')?.machine;
const find = ({ findings }: Snapshot, code: FindingCode): Finding | undefined =>
  findings.find((one) => one.code === code);
const codes = ({ findings }: Snapshot) => findings.map(({ code }) => code).filter((code) => /^(disk|host)_/.test(code));
const withDisk = (availableBytes: number, more = ''): string =>
  TEXT.replace(/^(node_filesystem_avail_bytes\{.*mountpoint="\/"\}) .*$/m, `$1 ${availableBytes}`) + more;
const SIZE = 270553174016;

describe('the text of node_exporter', () => {
  it('gives the figures of the machine, and one disk', () => {
    const host = parseHost({ body: TEXT });
    expect(host).toMatchObject({
      cores: 2,
      memoryBytes: 25276059648,
      swapBytes: 0,
      oomKills: 0,
      clockSynchronized: false,
    });
    expect(host?.disks).toEqual([
      { mount: '/', device: '/dev/vda', sizeBytes: SIZE, availableBytes: 57424826368, readOnly: false },
    ]);
    // lo and ifb are not on the way to anybody.
    expect(host?.receivedBytes).toBe(10267121750);
  });

  it('of something else is none', () => {
    for (const body of ['', '<html>', 'up 1\n', 'node_load1 1\n', '{"a":1}']) expect(parseHost({ body })).toBeNull();
  });

  it('whatever it is, does no harm', () => {
    fc.assert(fc.property(fc.string(), (body) => parseHost({ body: `node_cpu_seconds_total{${body}` }) !== undefined));
    const odd = 'node_filesystem_avail_bytes{__proto__="x",device="d",fstype="ext4",mountpoint="/\\"a"} NaN\n';
    expect(parseHost({ body: odd + TEXT })?.disks).toHaveLength(1);
    expect(parseHost({ body: `${'node_load1 1\n'.repeat(60_000)}${TEXT}` })).toBeNull();
  });
});

describe('figures of two answers', () => {
  it('are rates; after a new start they are unknown, not below zero', () => {
    const grown = TEXT.replace(/^(node_cpu_seconds_total\{cpu="0",mode="user"\}) .*$/m, '$1 23343.84')
      .replace(/^(node_cpu_seconds_total\{cpu="0",mode="idle"\}) .*$/m, '$1 6075.59')
      .replace(/^(node_network_receive_bytes_total\{device="eth0"\}) .*$/m, '$1 10267221750');
    const machine = machineOf(
      seen([
        [0, TEXT],
        [10_000, grown],
      ]),
    );
    expect(machine?.cpuShare).toBeCloseTo(0.25);
    expect(machine?.receivedBytesPerSecond).toBeCloseTo(10_000);
    const anew = machineOf(
      seen([
        [0, grown],
        [10_000, TEXT],
      ]),
    );
    expect(anew).toMatchObject({ cpuShare: null, receivedBytesPerSecond: null });
  });

  it('of a disk are promised only after five minutes', () => {
    const at = (minute: number) => [minute * MIN, withDisk(60 * GIB - minute * GIB)] as const;
    expect(machineOf(seen([at(0), at(4)]))?.disks[0]?.fullInSeconds).toBeNull();
    const machine = machineOf(seen([at(0), at(4), at(6)]));
    expect(machine?.disks[0]?.fullInSeconds).toBeCloseTo(54 * 60);
    // The figure stays while it is measured anew.
    const long = Array.from({ length: 40 }, (_, minute) => at(minute));
    expect(machineOf(seen(long))?.disks[0]?.fullInSeconds).toBeCloseTo(21 * 60);
  });
});

describe('findings of machines', () => {
  it('a disk at 96 % is a warning, one that holds no WAL file any more is critical, one at 90 % is none', () => {
    expect(find(seen([[0, withDisk(SIZE * 0.04)]]), 'disk_full')).toMatchObject({
      severity: 'warning',
      members: ['n2'],
    });
    const over = seen([[0, withDisk(1024 ** 2)]]);
    expect(String(find(over, 'disk_full')?.title)).toBe('The disk / of n2 is at 99 %');
    expect(over.health).toBe('critical');
    expect(codes(seen([[0, withDisk(SIZE * 0.1)]]))).toEqual([]);
  });

  it('a disk that is full in an hour is a warning; one that fills as fast and has a week is none', () => {
    const at = (minute: number, gib: number) => [minute * MIN, withDisk(gib * GIB)] as const;
    const soon = seen([at(0, 66), at(6, 60)]);
    expect(String(find(soon, 'disk_filling')?.title)).toBe('The disk / of n2 is full in 1 h');
    expect(codes(seen([at(0, 60.02), at(6, 60)]))).toEqual([]);
    expect(codes(seen([at(0, 50), at(6, 60)]))).toEqual([]);
  });

  it('a kill for want of memory is told for an hour; those of before Howdah looked are none', () => {
    const killed = TEXT.replace(/^node_vmstat_oom_kill .*$/m, 'node_vmstat_oom_kill 1');
    expect(
      codes(
        seen([
          [0, TEXT],
          [10_000, killed],
        ]),
      ),
    ).toEqual(['host_out_of_memory']);
    expect(
      codes(
        seen([
          [0, killed],
          [10_000, killed],
        ]),
      ),
    ).toEqual([]);
    expect(
      codes(
        seen([
          [0, TEXT],
          [10_000, killed],
          [61 * MIN, killed],
        ]),
      ),
    ).toEqual([]);
  });

  it('old figures are not judged, and a machine that is not seen is a note and makes nobody silent', () => {
    const snapshot = seen([
      [0, withDisk(1024 ** 2)],
      [3 * MIN, null],
    ]);
    expect(codes(snapshot)).toEqual(['host_unseen']);
    expect(find(snapshot, 'host_unseen')?.severity).toBe('note');
    expect(snapshot.cluster.members.find(({ name }) => name === 'n2')?.silent).toBe(false);
    expect(
      codes(
        seen([
          [0, TEXT],
          [10_000, null],
        ]),
      ),
    ).toEqual([]);
  });
});
