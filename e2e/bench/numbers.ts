// Figures of a sample and how they are printed.

import { cpus, loadavg, totalmem } from 'node:os';

export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest rank. NaN for an empty sample. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

export function spreadOf(values: readonly number[], digits = 0): Spread {
  const at = (part: number): number => round(quantile(values, part), digits);
  return { count: values.length, median: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

export function round(value: number, digits = 0): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

export function formatSpread(spread: Spread, unit: string): string {
  const { count, median: middle, p90, p99, max } = spread;
  return `median ${middle} ${unit}, p90 ${p90}, p99 ${p99}, max ${max} (n=${count})`;
}

export const MIB = 1024 * 1024;

export function formatMib(bytes: number): string {
  return `${round(bytes / MIB, 1)} MiB`;
}

/** So that a figure can be read years later: what it ran on and how busy that was. */
export function machine(): Readonly<Record<string, string | number>> {
  return {
    at: new Date().toISOString(),
    cores: cpus().length,
    memoryMib: Math.round(totalmem() / MIB),
    node: process.version,
    load1: round(loadavg()[0] ?? 0, 2),
  };
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What a script reads: always the last line. */
export function sayJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** What a bench hands back: `pass` is its exit code, the rest its figures. */
export interface BenchResult {
  readonly bench: string;
  readonly pass: boolean;
  readonly [figure: string]: unknown;
}
