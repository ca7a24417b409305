// Loads a configuration from a map of files instead of the disk; for the tests of this folder.

import {
  type DcsSettings,
  formatProblem,
  type HowdahConfig,
  type LoadResult,
  loadConfig,
  type SourceConfig,
} from './config';

export interface Given {
  readonly argv?: readonly string[];
  readonly env?: Record<string, string>;
  /** Absolute paths; the working directory is /w. */
  readonly files?: Readonly<Record<string, string>>;
}

export function load({ argv = [], env = {}, files = {} }: Given): LoadResult {
  const readFile = (path: string): string => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
  return loadConfig({ argv, env, cwd: '/w', readFile, user: 'tester' });
}

export function loadGood(given: Given): HowdahConfig {
  const result = load(given);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

/** The only source of the configuration. */
export function loadSource(given: Given): SourceConfig {
  const { sources } = loadGood(given);
  const [source] = sources;
  if (source === undefined || sources.length > 1) throw new Error(`${sources.length} sources`);
  return source;
}

/** The settings of its DCS, where that is of this kind. */
export function dcsOfKind<K extends DcsSettings['kind']>(
  source: SourceConfig | undefined,
  kind: K,
): Extract<DcsSettings, { kind: K }> {
  const dcs = source?.dcs ?? null;
  if (dcs?.kind !== kind) throw new Error(`no ${kind} but ${dcs?.kind}`);
  return dcs as Extract<DcsSettings, { kind: K }>;
}

export function loadProblems(given: Given): string[] {
  const result = load(given);
  return result.ok ? [] : result.problems.map(formatProblem);
}

export function yaml(text: string): Given {
  return { files: { '/w/howdah.yaml': text } };
}
