// How configuration errors speak: what may be quoted back, and which known word was probably meant.
// The decision a newcomer would question: a value that could hold a password is described, never quoted.

const QUOTE_LIMIT = 60;

/** Quotes a value in an error message. User info of a URL and anything that looks like a credential is left out. */
export function formatGot(raw: string): string {
  if (/pass|secret|token|private key/i.test(raw)) return 'got text that is not shown here';
  // Greedy on purpose: everything between the scheme and the last @ may be part of a password.
  const shown = raw.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@').replace(/\p{Cc}/gu, ' ');
  return `got "${shown.length > QUOTE_LIMIT ? `${shown.slice(0, QUOTE_LIMIT)}...` : shown}"`;
}

/** The known word nearest to `word`, or null when none is near. `cacert` means `ca`, `host` means `hosts`. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  const wanted = word.toLowerCase().slice(0, 40);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    const distance = editDistance(wanted, other);
    const near = distance <= Math.max(1, Math.floor(other.length / 3));
    const prefix = wanted.length > 1 && (wanted.startsWith(other) || other.startsWith(wanted));
    if ((near || prefix) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `unknown key "x"; did you mean "y"?` or the list of what is known. */
export function formatUnknown(kind: string, word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  const hint = near === null ? '' : `; did you mean "${near}"?`;
  return `${formatGot(word).replace(/^got/, `unknown ${kind}`)}${hint}`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
