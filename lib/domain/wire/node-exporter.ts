// The text of node_exporter, or of whatever has its families: read line by line, what is not known passes. Total.
import { once } from './loose';

export interface DiskSample {
  readonly mount: string;
  readonly device: string;
  readonly sizeBytes: number;
  readonly availableBytes: number;
  readonly readOnly: boolean;
}

export interface HostSample {
  readonly cores: number | null;
  readonly cpuBusySeconds: number | null;
  readonly cpuSeconds: number | null;
  readonly load1: number | null;
  readonly memoryBytes: number | null;
  readonly memoryAvailableBytes: number | null;
  readonly swapBytes: number | null;
  readonly swapFreeBytes: number | null;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  readonly oomKills: number | null;
  readonly bootAt: number | null;
  readonly clockSynchronized: boolean | null;
  readonly disks: readonly DiskSample[];
}

const LINES_MAX = 50_000;
const LINE_MAX = 4096;
const DISKS_MAX = 50;
const NAME_MAX = 200;
/** Nothing of a database lies there. */
const NO_DISK = /^(tmpfs|devtmpfs|ramfs|squashfs|iso9660|proc|sysfs|cgroup2?|nsfs|fuse\.\w+|autofs|mqueue|tracefs)$/;
const NO_MOUNT = /^\/(boot|run|snap|dev|sys|proc)(\/|$)/;
/** Not on the way to other machines. */
const NO_NETWORK = /^(lo|veth|docker|br-|virbr|ifb|dummy|cni|flannel|cali)/;

type Labels = Readonly<Record<string, string>>;
interface Line {
  readonly labels: Labels;
  readonly value: number;
}

/** null: nothing of node_exporter is in it. */
export const parseHost = once((answer: { readonly body: string }): HostSample | null => {
  const families = familiesOf(answer.body);
  const one = (name: string): number | null => families.get(name)?.[0]?.value ?? null;
  const cpu = families.get('node_cpu_seconds_total') ?? [];
  if (cpu.length === 0 && !families.has('node_filesystem_avail_bytes')) return null;
  const sum = (lines: readonly Line[]): number | null =>
    lines.length === 0 ? null : lines.reduce((total, { value }) => total + value, 0);
  const idle = (mode: string | undefined): boolean => mode === 'idle' || mode === 'iowait';
  const network = (name: string): number | null =>
    sum((families.get(name) ?? []).filter(({ labels }) => !NO_NETWORK.test(labels.device ?? '')));
  const boot = one('node_boot_time_seconds');
  const synchronized = one('node_timex_sync_status');
  return {
    cores: cpu.length === 0 ? null : new Set(cpu.map(({ labels }) => labels.cpu)).size,
    cpuSeconds: sum(cpu),
    cpuBusySeconds: sum(cpu.filter(({ labels }) => !idle(labels.mode))),
    load1: one('node_load1'),
    memoryBytes: one('node_memory_MemTotal_bytes'),
    memoryAvailableBytes: one('node_memory_MemAvailable_bytes'),
    swapBytes: one('node_memory_SwapTotal_bytes'),
    swapFreeBytes: one('node_memory_SwapFree_bytes'),
    receivedBytes: network('node_network_receive_bytes_total'),
    sentBytes: network('node_network_transmit_bytes_total'),
    oomKills: one('node_vmstat_oom_kill'),
    bootAt: boot === null ? null : boot * 1000,
    clockSynchronized: synchronized === null ? null : synchronized === 1,
    disks: disksOf(families),
  };
});

const WANTED =
  /^node_(cpu_seconds_total|load1|memory_(MemTotal|MemAvailable|SwapTotal|SwapFree)_bytes|filesystem_(avail_bytes|size_bytes|readonly)|network_(receive|transmit)_bytes_total|vmstat_oom_kill|boot_time_seconds|timex_sync_status)$/;

function familiesOf(body: string): ReadonlyMap<string, readonly Line[]> {
  const families = new Map<string, Line[]>();
  let from = 0;
  for (let count = 0; count < LINES_MAX && from < body.length; count += 1) {
    const found = body.indexOf('\n', from);
    const end = found === -1 ? body.length : found;
    if (body.startsWith('node_', from) && end - from <= LINE_MAX) {
      const line = body.slice(from, end);
      const name = /^\w+/.exec(line)?.[0] ?? '';
      if (WANTED.test(name)) {
        const value = Number(
          line
            .slice(line.lastIndexOf('}') + 1 || name.length)
            .trim()
            .split(' ')[0],
        );
        const lines = families.get(name) ?? [];
        if (Number.isFinite(value) && value >= 0) lines.push({ labels: labelsOf(line), value });
        families.set(name, lines);
      }
    }
    from = end + 1;
  }
  return families;
}

function labelsOf(line: string): Labels {
  const found = [...line.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(
    found.map(([, name = '', value = '']) => [
      name,
      value
        .replace(/\\(.)/g, '$1')
        .replace(/\p{Cc}/gu, ' ')
        .slice(0, NAME_MAX),
    ]),
  );
}

function disksOf(families: ReadonlyMap<string, readonly Line[]>): readonly DiskSample[] {
  const at = (name: string, mount: string): number | null =>
    families.get(name)?.find(({ labels }) => labels.mountpoint === mount)?.value ?? null;
  const disks = (families.get('node_filesystem_avail_bytes') ?? []).flatMap(({ labels, value }): DiskSample[] => {
    const { mountpoint: mount = '', device = '', fstype = '' } = labels;
    const sizeBytes = at('node_filesystem_size_bytes', mount);
    const isOne = mount !== '' && !NO_DISK.test(fstype) && !NO_MOUNT.test(mount) && sizeBytes !== null && sizeBytes > 0;
    if (!isOne || (fstype === 'overlay' && mount !== '/')) return [];
    const readOnly = at('node_filesystem_readonly', mount) === 1;
    return [{ mount, device, sizeBytes, availableBytes: Math.min(value, sizeBytes), readOnly }];
  });
  // A file system that is mounted at several places is one disk.
  const apart = new Map(
    disks.reverse().map((disk) => [`${disk.device} ${disk.sizeBytes} ${disk.availableBytes}`, disk]),
  );
  return [...apart.values()].reverse().slice(0, DISKS_MAX);
}
