// An alert is of a scope, and that of the DCS of a source is the path of its page: no name of a cluster, for those never begin with a
// slash. Pure.
const PREFIX = '/dcs/';

export const dcsScope = (source: string): string => `${PREFIX}${source}`;

/** null: it is about a cluster, or about Howdah itself. */
export const sourceOfScope = (scope: string): string | null =>
  scope.startsWith(PREFIX) ? scope.slice(PREFIX.length) : null;
