/** The spec files that need no cluster. */
export const RECORDED: readonly string[] = [
  'alerts',
  'api',
  'edge',
  'hydration',
  'incident',
  'past',
  'screens',
  'secrets',
  'wall',
];
