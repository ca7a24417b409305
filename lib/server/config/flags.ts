// The command line of Howdah: what each flag takes, and the usage text. It only splits and names;
// whether a file exists or an address is good is decided where the value is used.

import { type ConfigProblem, outsideProblem } from './problem';
import { formatUnknown } from './words';

export interface Flags {
  readonly config: string | null;
  readonly patroni: readonly string[];
  readonly etcd: readonly string[];
  readonly consul: readonly string[];
  readonly zookeeper: readonly string[];
  readonly namespace: string | null;
  /** Contexts of the kubeconfig; '': the current one, or the account of the pod. */
  readonly kubernetes: readonly string[];
  readonly patronictl: readonly string[];
  readonly host: string | null;
  readonly port: string | null;
  readonly moveNames: boolean;
  readonly dev: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const VALUE_FLAGS: Readonly<Record<string, string>> = {
  '--config': 'a file',
  '--patroni': 'a URL such as http://10.0.0.1:8008',
  '--etcd': 'a URL such as http://10.0.0.11:2379',
  '--consul': 'a URL such as http://10.0.0.11:8500',
  '--zookeeper': 'an address such as 10.0.0.11:2181',
  '--namespace': 'a key prefix such as /service/',
  '--kubernetes': 'a context of the kubeconfig',
  '--patronictl': 'a file',
  '--host': 'an address such as 127.0.0.1',
  '--port': 'a port from 1 to 65535',
};
const SWITCHES = ['--move-names', '--dev', '--help', '--version'];
const SHORT: Readonly<Record<string, string>> = { '-h': '--help', '-c': '--config', '-p': '--port', '-v': '--version' };
const REPEATABLE = ['--patroni', '--etcd', '--consul', '--zookeeper', '--kubernetes', '--patronictl'];
/** May stand alone. */
const OPTIONAL = ['--kubernetes'];
const KNOWN = [...Object.keys(VALUE_FLAGS), ...SWITCHES];

export const USAGE = `Usage: howdah start [flags]     (in a checkout: npm start -- [flags])

Where the clusters are (without any: howdah.yaml in this folder, if there is one):
  --config FILE       read settings from FILE; also HOWDAH_CONFIG
  --patroni URL       REST API of one member; repeatable
  --etcd URL          etcd of the clusters; repeatable, or comma separated
  --consul URL        a Consul agent of the clusters; repeatable, or comma separated
  --zookeeper HOST    ZooKeeper of the clusters, host:port; repeatable, or comma separated
  --namespace PREFIX  where Patroni keeps its keys there (/service/)
  --kubernetes [CONTEXT]  clusters in the namespace of a context of the kubeconfig; repeatable
  --patronictl FILE   a patronictl or Patroni file; repeatable
  --move-names        once, where sources changed so that clusters get other names, and that is meant

The web server:
  --host ADDRESS      address to listen on (127.0.0.1); without sign-in loopback only
  --port PORT         port to listen on (3000); also PORT
  --dev               development server, rebuilds on change

  --help, --version

Environment: HOWDAH_PG_USER and HOWDAH_PG_PASSWORD, the PostgreSQL role used with the flags above;
HOWDAH_REPLAY, a folder of recorded scenarios to show. All settings: docs/configuration.md
`;

const commandLineProblem = (path: string, expected: string, message: string): ConfigProblem =>
  outsideProblem('command line', path, expected, message);

/** A flag that is given twice, but takes one value, is a problem too: silently taking the last hides a mistake. */
export function parseFlags(argv: readonly string[]): { flags: Flags; problems: ConfigProblem[] } {
  const values = new Map<string, string[]>();
  const problems: ConfigProblem[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') continue;
    const [written = '', inline] = splitInline(word);
    const name = Object.hasOwn(SHORT, written) ? (SHORT[written] ?? written) : written;
    if (SWITCHES.includes(name) && inline === undefined) {
      values.set(name, []);
    } else if (Object.hasOwn(VALUE_FLAGS, name)) {
      const next = argv[index + 1];
      const takesNext = inline === undefined && next !== undefined && !next.startsWith('-');
      if (takesNext) index++;
      const value = inline ?? (takesNext ? next : '');
      const given = values.get(name) ?? [];
      const expected = VALUE_FLAGS[name] ?? '';
      if (value === '' && !(OPTIONAL.includes(name) && inline === undefined))
        problems.push(commandLineProblem(name, expected, 'no value is given'));
      else if (given.length > 0 && !REPEATABLE.includes(name)) {
        problems.push(commandLineProblem(name, 'one value', 'it is given twice'));
      } else values.set(name, [...given, value]);
    } else problems.push(unknownWord(written, inline));
  }
  return { flags: buildFlags(values), problems };
}

function splitInline(word: string): [string, string?] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function unknownWord(written: string, inline: string | undefined): ConfigProblem {
  if (SWITCHES.includes(written) && inline !== undefined) {
    return commandLineProblem(written, 'no value', 'it is only a switch');
  }
  const expected = `one of ${KNOWN.join(', ')}`;
  const kind = written.startsWith('-') ? 'flag' : 'argument';
  return commandLineProblem('', expected, formatUnknown(kind, written, written.startsWith('-') ? KNOWN : []));
}

function buildFlags(values: ReadonlyMap<string, readonly string[]>): Flags {
  const one = (name: string): string | null => values.get(name)?.[0] ?? null;
  return {
    config: one('--config'),
    patroni: values.get('--patroni') ?? [],
    etcd: (values.get('--etcd') ?? []).flatMap((text) => text.split(',')),
    consul: (values.get('--consul') ?? []).flatMap((text) => text.split(',')),
    zookeeper: (values.get('--zookeeper') ?? []).flatMap((text) => text.split(',')),
    namespace: one('--namespace'),
    kubernetes: values.get('--kubernetes') ?? [],
    patronictl: values.get('--patronictl') ?? [],
    host: one('--host'),
    port: one('--port'),
    moveNames: values.has('--move-names'),
    dev: values.has('--dev'),
    help: values.has('--help'),
    version: values.has('--version'),
  };
}
