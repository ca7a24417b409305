// Is a Patroni at least of a release? Where a rule changed between releases, the release stands beside the rule.

/** null: its version is not known. Suffixes such as `4.1.0rc1` are cut off. */
export function isSince(version: string | null, ...release: readonly number[]): boolean | null {
  if (version === null) return null;
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  if (parts.length === 0 || Number.isNaN(parts[0])) return null;
  for (const [index, wanted] of release.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
