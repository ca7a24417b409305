// Where one lab lives: addresses, ports, folders and passwords, all derived from the checkout and the lab's name.
// Pure but for the secrets file. Every process has a loopback address of its own in 127.a.b.0/24, so ports can be fixed,
// two checkouts (or two labs of one checkout) never meet, and one prefix is enough to prove that nothing listens any more.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Away from the default ports: something on 0.0.0.0:5432 would otherwise claim ours too. */
export const PORTS = {
  postgres: 15432,
  rest: 18008,
  /** Patroni's own listener; `rest` is the proxy in front of it, the address Patroni advertises. */
  restBehindProxy: 18009,
  etcdClient: 12379,
  etcdPeer: 12380,
  haproxyPrimary: 15000,
  haproxyReplicas: 15001,
  haproxyStats: 17000,
} as const;

export const SCOPE = 'demo';
export const NAMESPACE = '/service/';

export type Shape = 'demo' | 'cascade' | 'thirty';
export const SHAPES: readonly Shape[] = ['demo', 'cascade', 'thirty'];

export interface MemberPlan {
  readonly name: string;
  readonly ip: string;
  readonly tags: Readonly<Record<string, string | boolean | number>>;
  /** A stand-in registers and streams but has no PostgreSQL: see stand-ins.ts. */
  readonly standIn: boolean;
}

export interface Secrets {
  readonly superuser: string;
  readonly replication: string;
  readonly rest: string;
  readonly howdah: string;
  /** Of the role that writes Howdah's probe table. */
  readonly probe: string;
  readonly app: string;
}

export interface Layout {
  readonly name: string;
  readonly seed: string;
  readonly shape: Shape;
  /** First three octets, with the trailing dot: every address of this lab starts so. */
  readonly prefix: string;
  /** `.lab/<name>` in the checkout: state, passwords and files for the user. */
  readonly stateDir: string;
  /** Data directories, sockets and logs; the lab's user can write here. Also the mark every process of the lab carries. */
  readonly dataDir: string;
  readonly etcd: readonly { readonly name: string; readonly ip: string }[];
  readonly members: readonly MemberPlan[];
  readonly haproxyIp: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Eight hex digits that tell this checkout from another; `HOWDAH_LAB_SEED` overrides. */
function labSeed(): string {
  return digest(process.env.HOWDAH_LAB_SEED ?? CHECKOUT)
    .toString('hex')
    .slice(0, 8);
}

function memberPlans(shape: Shape, prefix: string): MemberPlan[] {
  const plan = (index: number, tags: MemberPlan['tags'] = {}, standIn = false): MemberPlan => ({
    name: `n${index}`,
    ip: `${prefix}${10 + index}`,
    tags,
    standIn,
  });
  const three = [plan(1), plan(2), plan(3)];
  if (shape === 'demo') return three;
  const cascading = plan(4, { replicatefrom: 'n2' });
  if (shape === 'cascade') return [...three, cascading];
  const standIns = Array.from({ length: 25 }, (_, i) => plan(6 + i, { nofailover: true, noloadbalance: true }, true));
  return [...three, cascading, plan(5), ...standIns];
}

export function planLayout(name: string, shape: Shape): Layout {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) {
    throw new Error(`lab name "${name}": expected lower-case letters, digits and dashes, at most 31`);
  }
  const seed = labSeed();
  // Both octets from both: 256 places are too few for the names of one run of the tests.
  const place = digest(`${seed}/${name}`);
  const prefix = `127.${32 + (place.readUInt8(0) % 200)}.${place.readUInt8(1)}.`;
  return {
    name,
    seed,
    shape,
    prefix,
    stateDir: path.join(CHECKOUT, '.lab', name),
    dataDir: `/var/tmp/howdah-lab-${seed}/${name}`,
    etcd: [1, 2, 3].map((n) => ({ name: `e${n}`, ip: `${prefix}${n}` })),
    members: memberPlans(shape, prefix),
    haproxyIp: `${prefix}5`,
  };
}

const SECRETS = ['superuser', 'replication', 'rest', 'howdah', 'probe', 'app'] as const satisfies (keyof Secrets)[];

/** Passwords are made once per lab and kept with it, so that a cluster found again still opens. */
export function loadSecrets(layout: Layout): Secrets {
  const file = path.join(layout.stateDir, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const made = SECRETS.map((name): [keyof Secrets, string] => [name, kept[name] ?? randomBytes(12).toString('hex')]);
  const secrets = Object.fromEntries(made) as Record<keyof Secrets, string>;
  // A lab of an older checkout lacks the newer ones.
  if (SECRETS.some((name) => kept[name] === undefined)) {
    mkdirSync(layout.stateDir, { recursive: true });
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  }
  return secrets;
}
