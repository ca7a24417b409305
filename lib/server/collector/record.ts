// Writes what the witnesses said into a scenario folder, for the scenario tests and the replay. What could be secret is cut:
// user names in connection strings, anything whose key speaks of passwords.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawObservation } from '../../domain/raw';

export interface ScenarioMeta {
  readonly title: string;
  readonly generation: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly recordedAt: string;
  readonly fault: string | null;
  /** `patronictl list -f json` at the same moment; null when it could not answer. */
  readonly patronictl: unknown;
  readonly notes?: string;
}

/** Overwrites the scenario's frames; `expected.txt` is left to the scenario test to write or to check. */
export function writeScenario(folder: string, frames: readonly RawObservation[], meta: ScenarioMeta): void {
  mkdirSync(folder, { recursive: true });
  frames.forEach((frame, index) => {
    writeFileSync(join(folder, `frame-${index + 1}.json`), `${JSON.stringify(strip(frame), null, 1)}\n`);
  });
  writeFileSync(join(folder, 'scenario.json'), `${JSON.stringify(meta, null, 2)}\n`);
}

const SECRET_KEY = /pass|secret|token|conninfo/i;

export function strip(value: unknown): unknown {
  // A sentence is a text that knows its form; a recording holds the text.
  if (value instanceof String) return strip(`${value}`);
  if (typeof value === 'string') {
    return value
      .replace(/(postgres(?:ql)?:\/\/)[^@/\s"]*@/g, '$1')
      .replace(/("[^"]*(?:pass|secret|token|conninfo)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi, '$1"[secret]"');
  }
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      SECRET_KEY.test(key) && typeof entry === 'string' ? '[secret]' : strip(entry),
    ]),
  );
}
