// What differs between the members of a cluster besides settings: versions, what is installed on their machines, how they sort text,
// checksums, who may come in. Rows of one shape; a member that was not read has no value and is no difference. Pure.
import { say, type Text } from '../../language/sentence';
import type { Member } from '../cluster';
import type { MemberFacts } from './facts';

export const DIFFERENCE_KINDS = [
  'postgresql',
  'patroni',
  'checksums',
  'library',
  'collation',
  'locale',
  'extension',
  'hba',
  'hba_error',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  /** What is compared, in PostgreSQL's words. */
  readonly subject: string;
  readonly values: readonly { readonly member: string; readonly text: Text | null }[];
  readonly why: Text;
  /** For a person to run; null: there is none. */
  readonly command: string | null;
}

type Versions = Pick<Member, 'name' | 'postgresVersion' | 'patroniVersion'>;

export function differencesOf(members: readonly Versions[], facts: readonly MemberFacts[]): readonly Difference[] {
  return [
    ...versions(members),
    ...checksums(facts),
    ...libraries(facts),
    ...databases(facts),
    ...locales(facts),
    ...extensions(facts),
    ...rules(facts),
  ];
}

/** null is not known: it neither agrees nor differs. */
function differ(values: readonly (string | null)[]): boolean {
  return new Set(values.filter((value) => value !== null)).size > 1;
}

function row(
  kind: DifferenceKind,
  subject: string,
  values: Difference['values'],
  why: Text,
  command: string | null = null,
): Difference {
  return { kind, subject, values, why, command };
}

function versions(members: readonly Versions[]): readonly Difference[] {
  const of = (kind: 'postgresql' | 'patroni', subject: string, version: (one: Versions) => string | null, why: Text) =>
    differ(members.map(version))
      ? [
          row(
            kind,
            subject,
            members.map((one) => ({ member: one.name, text: version(one) })),
            why,
          ),
        ]
      : [];
  return [
    ...of(
      'postgresql',
      'PostgreSQL',
      ({ postgresVersion }) => postgresVersion,
      say`after a switchover another version serves; bring them to one, replicas first`,
    ),
    ...of(
      'patroni',
      'Patroni',
      ({ patroniVersion }) => patroniVersion,
      say`they read the configuration differently; bring them to one`,
    ),
  ];
}

function checksums(facts: readonly MemberFacts[]): readonly Difference[] {
  const words = facts.map(({ checksums: has }) => (has === null ? null : has ? 'on' : 'off'));
  if (!differ(words)) return [];
  const values = facts.map(({ member }, index) => ({ member, text: words[index] ?? null }));
  return [
    row(
      'checksums',
      'data_checksums',
      values,
      say`a copy of one that has them has them: somebody changed one with pg_checksums`,
    ),
  ];
}

function libraries(facts: readonly MemberFacts[]): readonly Difference[] {
  return (['libc', 'icu'] as const).flatMap((library) => {
    const found = facts.map(({ libraries: own }) => own?.[library] ?? null);
    if (!differ(found)) return [];
    const values = facts.map(({ member }, index) => ({ member, text: found[index] ?? null }));
    return [
      row(
        'library',
        library === 'libc' ? 'glibc' : 'ICU',
        values,
        say`they sort text differently: after a switchover indexes on text may miss rows; bring the machines to one version, or reindex what sorts by it`,
      ),
    ];
  });
}

/** The catalog is the same on all; what differs from it is the library of a machine. */
function databases(facts: readonly MemberFacts[]): readonly Difference[] {
  const names = [...new Set(facts.flatMap((one) => (one.databases ?? []).map(({ name }) => name)))].sort();
  return names.flatMap((name) => {
    const own = facts.map((one) => one.databases?.find((database) => database.name === name) ?? null);
    const stale = own.some(
      (one) => one !== null && one.recorded !== null && one.actual !== null && one.recorded !== one.actual,
    );
    if (!stale) return [];
    const recorded = own.find((one) => one?.recorded != null)?.recorded ?? '';
    const values = facts.map(({ member }, index) => ({ member, text: own[index]?.actual ?? null }));
    return [
      row(
        'collation',
        name,
        values,
        say`its indexes were made with version ${recorded}: reindex what sorts text, then refresh; on the primary`,
        `REINDEX DATABASE ${identifier(name)}; ALTER DATABASE ${identifier(name)} REFRESH COLLATION VERSION;`,
      ),
    ];
  });
}

function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function locales(facts: readonly MemberFacts[]): readonly Difference[] {
  const names = [...new Set(facts.flatMap((one) => Object.keys(one.locales ?? {})))].sort();
  return names.flatMap((name) => {
    const found = facts.map(({ locales: own }) =>
      own !== null && Object.hasOwn(own, name) ? (own[name] ?? null) : null,
    );
    if (!differ(found)) return [];
    const values = facts.map(({ member }, index) => ({ member, text: found[index] ?? null }));
    return [row('locale', name, values, say`one of them is of another cluster, or very far behind`)];
  });
}

function extensions(facts: readonly MemberFacts[]): readonly Difference[] {
  const names = [...new Set(facts.flatMap((one) => (one.extensions ?? []).map(({ name }) => name)))].sort();
  return names.flatMap((name) => {
    const own = facts.map((one) => one.extensions?.find((extension) => extension.name === name) ?? null);
    const missing = own.some((one) => one !== null && one.available === null);
    const apart = differ(own.map((one) => one?.available ?? null));
    if (!missing && !apart) return [];
    const values = facts.map(({ member }, index) => {
      const one = own[index] ?? null;
      return { member, text: one === null ? null : (one.available ?? say`its files are not there`) };
    });
    const why = missing
      ? say`its functions fail there, after a switchover for everybody: install its package`
      : say`the packages are of different versions: bring them to one before ALTER EXTENSION`;
    return [row('extension', name, values, why)];
  });
}

/** The first rule that fits decides: the order is part of it, the line is not. */
function rules(facts: readonly MemberFacts[]): readonly Difference[] {
  const errors = facts.flatMap(({ member, hba }) =>
    (hba ?? [])
      .filter(({ error }) => error !== null)
      .map(({ line, error }) =>
        row(
          'hba_error',
          'pg_hba.conf',
          [{ member, text: line === null ? (error ?? '') : say`line ${line}: ${error ?? ''}` }],
          say`the whole file is not taken at the next reload: the rules from before stay`,
        ),
      ),
  );
  const texts = facts.map(({ hba }) => (hba === null ? null : hba.map(({ text }) => text).join('\n')));
  if (!differ(texts)) return errors;
  const all = facts.flatMap(({ hba }) => (hba ?? []).map(({ text }) => text));
  const own = [...new Set(all)].filter((text) =>
    facts.some(({ hba }) => hba !== null && !hba.some((rule) => rule.text === text)),
  );
  const differing = own.slice(0, HBA_MAX).map((text) =>
    row(
      'hba',
      text,
      facts.map(({ member, hba }) => ({
        member,
        text: hba === null ? null : hba.some((rule) => rule.text === text) ? say`has it` : say`has it not`,
      })),
      say`who may come in changes with the leader: put the rules into the dynamic configuration (postgresql.pg_hba)`,
    ),
  );
  if (differing.length > 0) return [...errors, ...differing];
  const values = facts.map(({ member, hba }) => ({ member, text: hba === null ? null : say`${hba.length} rules` }));
  return [
    ...errors,
    row('hba', 'pg_hba.conf', values, say`the same rules in another order: the first that fits decides`),
  ];
}

const HBA_MAX = 40;
