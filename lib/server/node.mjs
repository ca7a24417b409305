// Which Node runs Howdah, and how it is told to. Plain JavaScript without packages: read before anything else, also by a Node too old for the rest.
import { setFlagsFromString } from 'node:v8';

const NEEDED = [20, 19];

/** Why this Node cannot run Howdah; null: it can. */
export function nodeProblem(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return null;
  return `Howdah needs Node ${NEEDED.join('.')} or newer; this is ${version}.`;
}

/** Of this thread and those it begins. Measured with no cluster: 192 MiB without them, 147 with, for a sixth more CPU of the collector. */
export function preferMemory() {
  for (const flag of ['--optimize-for-size', '--max-semi-space-size=2']) setFlagsFromString(flag);
}
