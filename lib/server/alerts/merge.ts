// The state of a cluster's alerts from two memories: the store's, which knows what was told, and this process's, which saw what
// happened while the store was away.
import { type Group, nameOf, type ScopeState, type Tracked } from '../../domain/alerts/engine';
import { worstOf } from '../../domain/severity';

export function mergeScope(own: ScopeState, stored: readonly Tracked[], storedGroup: Group | null): ScopeState {
  const known = new Map(stored.map((entry) => [nameOf(entry.alert), entry]));
  const open = own.tracked.filter(({ alert }) => alert.state !== 'resolved');
  const extra = own.tracked.filter(({ alert }) => known.get(nameOf(alert))?.alert.state !== 'firing');
  const seen = new Map(open.map((entry) => [nameOf(entry.alert), entry]));
  const merged = stored.map((entry) => {
    const other = entry.alert.state === 'firing' ? seen.get(nameOf(entry.alert)) : undefined;
    return other === undefined ? entry : { ...entry, ...worseTold(entry, other) };
  });
  const group = storedGroup ?? own.group;
  const joined = extra.map((entry) =>
    group === null || entry.alert.state !== 'firing' ? entry : { ...entry, alert: { ...entry.alert, group: group.id } },
  );
  return { ...own, tracked: [...merged, ...joined], group };
}

function worseTold(stored: Tracked, seen: Tracked): Pick<Tracked, 'toldSeverity' | 'owed' | 'alert'> {
  const told = [stored.toldSeverity, seen.toldSeverity].filter((severity) => severity !== null);
  const toldSeverity = worstOf(told) ?? null;
  const toldAt = Math.max(stored.alert.toldAt ?? 0, seen.alert.toldAt ?? 0) || null;
  const owed = stored.owed === null ? null : [...new Set([...stored.owed, ...(seen.owed ?? [])])];
  return { toldSeverity, owed, alert: { ...stored.alert, toldAt } };
}

/** All of an alert that is worth a row. */
export function matterOf({ alert, absentSince, toldSeverity, owed, toldOver }: Tracked): string {
  const { state, severity, toldAt, group, resolvedAt, silencedBy, acknowledged } = alert;
  return JSON.stringify([
    [state, severity, toldAt, group, resolvedAt, silencedBy, acknowledged?.at ?? null],
    [absentSince !== null, toldSeverity, owed, toldOver],
  ]);
}
