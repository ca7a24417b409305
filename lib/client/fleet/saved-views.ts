// Views of the fleet that a person named: a filter, its order, grouping and columns, as the query of an address. Kept in the browser, as the
// theme is, and apart for each who signs in there. Pure but for the storage that is given.

export interface SavedView {
  readonly name: string;
  /** `?q=env%3Dprod&group=region`, or empty: everything as it comes. */
  readonly query: string;
}

export type Drawer = Pick<Storage, 'getItem' | 'setItem'>;

export const VIEW_NAME_MAX = 60;
export const VIEWS_MAX = 30;
const QUERY_MAX = 4000;

const drawerOf = (person: string): string => `howdah-views:${person}`;

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('query' in value)) return false;
  const { name, query } = value;
  return (
    typeof name === 'string' &&
    name !== '' &&
    name.length <= VIEW_NAME_MAX &&
    typeof query === 'string' &&
    query.length <= QUERY_MAX &&
    (query === '' || query.startsWith('?'))
  );
}

/** What is not readable is not there: others write to this storage too. */
export function readViews(drawer: Drawer, person: string): readonly SavedView[] {
  try {
    const kept: unknown = JSON.parse(drawer.getItem(drawerOf(person)) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView).slice(0, VIEWS_MAX) : [];
  } catch {
    return [];
  }
}

/** Whether it could be kept: a private window may forbid it. */
export function writeViews(drawer: Drawer, person: string, views: readonly SavedView[]): boolean {
  try {
    drawer.setItem(drawerOf(person), JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}

/** The view is added by name, or takes the place of the one of the same name. Null: there are too many already. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] | null {
  const others = views.filter(({ name }) => name !== view.name);
  if (others.length >= VIEWS_MAX) return null;
  return [...others, view].sort((a, b) => a.name.localeCompare(b.name));
}
