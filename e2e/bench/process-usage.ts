// CPU and memory of a process and its children, from the kernel's process table (Linux).

import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

export interface Usage {
  readonly pids: readonly number[];
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

interface Entry {
  readonly ppid: number;
  readonly state: string;
  readonly cpuTicks: number;
}

function readEntry(pid: number): Entry | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '?', ppid: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}

function readRss(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

export function isAlive(pid: number): boolean {
  const entry = readEntry(pid);
  return entry !== null && entry.state !== 'Z' && entry.state !== 'X';
}

/** The process and all its descendants that are there now. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const entry = Number.isInteger(pid) ? readEntry(pid) : null;
    if (entry !== null) children.set(entry.ppid, [...(children.get(entry.ppid) ?? []), pid]);
  }
  const found: number[] = [];
  const open = isAlive(root) ? [root] : [];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** Of the process and all its descendants. PSS: what they share is counted once, and only their part of it. */
export function memoryOf(root: number): { pids: readonly number[]; rssBytes: number; pssBytes: number } {
  const pids = treeOf(root);
  const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);
  return { pids, rssBytes: sum(readRss), pssBytes: sum(readPss) };
}

function readPss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** CPU of processes that ended meanwhile is not in it: compare two usages of a tree that did not change. */
export function usageOf(root: number): Usage {
  const pids = treeOf(root);
  return {
    pids,
    rssBytes: pids.reduce((sum, pid) => sum + readRss(pid), 0),
    cpuSeconds: pids.reduce((sum, pid) => sum + (readEntry(pid)?.cpuTicks ?? 0), 0) / TICKS_PER_SECOND,
  };
}
