// What a change can break, for the one who works: `npm test -- --changed [REF]`. The tests of vitest are found by their imports; what
// drives a server or a cluster imports nothing of it, so a table says which of those a folder belongs to. All of it is `npm test`.
import { execFileSync } from 'node:child_process';
import { CHECKOUT } from './lab/layout';

export interface Plan {
  /** Sources whose tests are run, by their imports. */
  readonly unit: readonly string[];
  readonly store: boolean;
  /** Files of e2e/truth without their ending, and of e2e/browser. */
  readonly lab: readonly string[];
  readonly recorded: readonly string[];
  readonly cluster: readonly string[];
}

/** They read the sources as text. */
const READERS = ['lib/tidy.test.ts', 'lib/language.test.ts'];
/** Read as text by these, which no import tells. */
const READ: readonly (readonly [folder: string, tests: readonly string[]])[] = [
  [
    'lib/domain/testdata/',
    ['scenarios', 'scenarios-oracle', 'recording', 'cause/recorded-causes'].map((name) => `lib/domain/${name}.test.ts`),
  ],
  ['lib/domain/testdata-made/', ['lib/domain/made-states.test.ts', 'e2e/fake/made.test.ts']],
  ['docs/', ['lib/contract/api-page.test.ts', 'lib/domain/metrics/family.test.ts']],
];

type Driven = Partial<Pick<Plan, 'lab' | 'recorded' | 'cluster'>>;

/** The first rows that a file falls under are the rooms, the later ones what they stand in: all that fit count. */
export const DRIVEN: readonly (readonly [folder: RegExp, driven: Driven])[] = [
  [/^(app|components|lib\/client|lib\/telling)\/alerts\//, { recorded: ['alerts'] }],
  [/^(app|components|lib\/client|lib\/telling)\/wall\/|^lib\/server\/walls\//, { recorded: ['wall', 'wall-drawn'] }],
  [/^(components|lib\/client)\/phone\/|^lib\/telling\/card\//, { cluster: ['phone'] }],
  [/^(components|lib\/client)\/(member|activity)\//, { recorded: ['member'] }],
  [/^(components|lib\/telling|lib\/domain)\/incident\//, { recorded: ['incident'] }],
  [/^(components\/charts|lib\/client\/past|app\/events|lib\/domain\/history)\//, { recorded: ['past'] }],
  [/^(components|lib\/client|lib\/domain)\/config\//, { cluster: ['config'] }],
  [/^(components|lib\/client)\/(actions|audit)\//, { cluster: ['guards', 'actions'] }],
  [
    /^(app\/(account|setup|sign-in)|components\/access|lib\/(client|domain|server)\/access)\//,
    { cluster: ['access'], recorded: ['passkeys'] },
  ],
  [/^(components\/(shell|ui)|lib\/client\/(live|words)|app\/[^/]+$|public\/)/, { recorded: ['hydration', 'screens'] }],
  [/^components\/member\/|^lib\/domain\/activity\//, { recorded: ['member'] }],
  [/^lib\/client\/live\/|^public\/live-worker/, { cluster: ['live'] }],
  [/^components\/(cluster|fleet|charts)\/|^lib\/client\/fleet\/|^lib\/domain\/cause/, { recorded: ['screens'] }],
  [/^(app\/api|lib\/contract|lib\/cli)\//, { recorded: ['api'] }],
  [/^lib\/server\/(edge|config)\/|^next\.config|^howdah\.mjs$/, { recorded: ['edge', 'secrets'] }],
  [/^lib\/domain\/cause\//, { lab: ['steps'] }],
  [/^lib\/(domain|server)\/actions\//, { lab: ['refusals', 'every-action-distro'] }],
  [/^lib\/server\/(actions|audit)\//, { lab: ['crash', 'actions'] }],
  [/^lib\/io\/|^lib\/server\/collector\/|^lib\/domain\/(findings|wire)\//, { lab: ['beside-distro', 'faults'] }],
  [/^lib\/io\/dcs\//, { lab: ['etcd'] }],
  [/^lib\/(io\/dcs|server\/care|domain\/care)\//, { lab: ['dcs-care', 'dcs-admin'] }],
  [/^deploy\/helm\/|^e2e\/lab\/kube-apiserver\//, { lab: ['dcs-kubernetes-chart'] }],
  [/^(lib\/io|e2e)\/dcs\//, { lab: ['dcs-etcd', 'dcs-consul', 'dcs-kubernetes', 'dcs-zookeeper'] }],
  [
    /^(lib\/io|e2e)\/dcs\//,
    { lab: ['dcs-patroni-consul', 'dcs-patroni-kubernetes', 'dcs-patroni-zookeeper', 'dcs-zookeeper-faults'] },
  ],
  [/^lib\/(io|domain)\/entr/, { lab: ['entries', 'pools'] }],
  [/^lib\/server\/alerts\//, { lab: ['receivers'] }],
  [/^lib\/(domain|server)\/backups\//, { lab: ['backups'] }],
  [/^lib\/(domain|server)\/drift\/|^lib\/io\/postgres-drift/, { lab: ['drift'] }],
  [/^lib\/(domain|server)\/metrics\//, { lab: ['metrics'] }],
  [/^lib\/(domain|server)\/history\//, { lab: ['history'] }],
  [/^e2e\/chaos\//, { lab: ['chaos'] }],
  [/^e2e\/lab\//, { lab: ['beside-distro', 'beside-patroni40', 'beside-patroni41', 'beside-trixie'] }],
  [/^e2e\/browser\/\w+\.ts$/, { recorded: ['screens'], cluster: ['live', 'actions'] }],
  [/^e2e\/truth\/(acting|action-client|every-action)\.ts$/, { lab: ['every-action-patroni40', 'standby'] }],
];

const STORE = /^lib\/server\/(store|audit|history|alerts|access)\/|^lib\/(io\/(postgres|session)|domain\/activity\/)/;
const CODE = /\.(ts|tsx|mjs|json)$/;

/** A test that was changed itself. */
const OWN = /^e2e\/(truth|browser)\/([\w-]+)\.(lab|spec)\.ts$/;

/** `recorded`: which files of e2e/browser need no cluster. */
export function planFor(changed: readonly string[], recorded: readonly string[]): Plan {
  const driven = DRIVEN.flatMap(([folder, tests]) => (changed.some((file) => folder.test(file)) ? [tests] : []));
  for (const file of changed) {
    const [, folder, name = ''] = OWN.exec(file) ?? [];
    if (folder === 'truth') driven.push({ lab: [name] });
    if (folder === 'browser') driven.push(recorded.includes(name) ? { recorded: [name] } : { cluster: [name] });
  }
  const all = (of: keyof Driven): readonly string[] => [...new Set(driven.flatMap((tests) => tests[of] ?? []))].sort();
  const read = READ.flatMap(([folder, tests]) => (changed.some((file) => file.startsWith(folder)) ? tests : []));
  return {
    unit: [...new Set([...changed.filter((file) => CODE.test(file)), ...read, ...READERS])],
    store: changed.some((file) => STORE.test(file)),
    lab: all('lab'),
    recorded: all('recorded'),
    cluster: all('cluster'),
  };
}

const git = (...args: readonly string[]): readonly string[] =>
  execFileSync('git', [...args], { cwd: CHECKOUT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .split('\n')
    .filter((line) => line !== '');

/** Since it parted from `ref`, what is not committed too. What was deleted breaks what imported it: that is for the compiler to say. */
export function changedSince(ref: string): readonly string[] {
  const [base = ref] = git('merge-base', ref, 'HEAD');
  const files = [
    ...git('diff', '--name-only', '--diff-filter=d', base),
    ...git('ls-files', '--others', '--exclude-standard'),
  ];
  return [...new Set(files)];
}
