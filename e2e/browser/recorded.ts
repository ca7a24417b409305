/** The spec files that need no cluster. */
export const RECORDED: readonly string[] = [
  'alerts',
  'api',
  'edge',
  'hydration',
  'incident',
  'member',
  'passkeys',
  'past',
  'screens',
  'secrets',
  'wall',
  'wall-drawn',
];
