// What is wrong in the settings, said so that it can be found and mended: where it stands, what was expected, what was there.

/** `file` is also `command line` or `environment`; then `line` and `column` are null. Holds no secret, so it may be logged. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

/** Collects what is wrong while reading goes on, so that all of it is told at once. */
export interface Report {
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

/** Of a flag or a variable. */
export function outsideProblem(
  file: 'command line' | 'environment',
  path: string,
  expected: string,
  message: string,
): ConfigProblem {
  return { file, line: null, column: null, path, message, expected };
}

/** `howdah.yaml:12:7  sources[0].etcd.hosts: expected ..., got ...` */
export function formatProblem({ file, line, column, path, message, expected }: ConfigProblem): string {
  const where = [file, line, column].filter((part) => part !== null).join(':');
  const what = expected === '' ? message : `expected ${expected}, ${message}`;
  return `${where}  ${path === '' ? '' : `${path}: `}${what}`;
}

/** Top to bottom within a file; files, flags and environment in the order they were read. */
export function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return [...problems].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
