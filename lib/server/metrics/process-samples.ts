// The process in the names that every Prometheus knows. CPU and memory are of all its threads.
import { readdirSync } from 'node:fs';
import type { Sample } from '../../domain/metrics/exposition';

const MICROSECONDS = 1e6;

export function processSamples(): readonly Sample[] {
  const { user, system } = process.cpuUsage();
  const samples: Sample[] = [
    { family: 'process_cpu_seconds', labels: {}, value: (user + system) / MICROSECONDS },
    { family: 'process_resident_memory_bytes', labels: {}, value: process.memoryUsage.rss() },
    { family: 'process_start_time_seconds', labels: {}, value: startedAt },
  ];
  const open = openFiles();
  if (open !== null) samples.push({ family: 'process_open_fds', labels: {}, value: open });
  return samples;
}

/** The same at every scrape, or the process would seem to have started anew. */
const startedAt = Math.round(Date.now() - process.uptime() * 1000) / 1000;

/** null: not Linux. */
function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
