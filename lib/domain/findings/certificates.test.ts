import { describe, expect, it } from 'vitest';
import type { CertificateEnds } from '../raw';
import { buildSnapshot } from '../snapshot';
import { cluster, NOW } from '../testkit';

const DAY_MS = 86_400_000;
const found = (certificates: CertificateEnds | undefined, key?: null) => {
  const raw = cluster({ members: [{ name: 'n1' }, { name: 'n2', ...(key === null ? { key } : {}) }] });
  const members = raw.members.map((one) =>
    one.name === 'n2' && certificates !== undefined ? { ...one, certificates } : one,
  );
  const { findings } = buildSnapshot({ ...raw, members }, null, 1).snapshot;
  return findings
    .filter(({ code }) => code === 'certificate_ends')
    .map(({ severity, title, members: about }) => `${severity} ${about}: ${title}`);
};
const at = (restDays: number | null, postgresDays: number | null): CertificateEnds => ({
  restEndsAt: restDays === null ? null : NOW + restDays * DAY_MS,
  postgresEndsAt: postgresDays === null ? null : NOW + postgresDays * DAY_MS,
});

describe('certificate_ends', () => {
  it('warns 30 days before, is critical from 7 days on, and says when it has ended', () => {
    expect(found(at(30, null))).toEqual(['warning n2: The certificate of the REST API of n2 ends in 30 d']);
    expect(found(at(null, 7))).toEqual(['critical n2: The certificate of the PostgreSQL of n2 ends in 7 d']);
    expect(found(at(-1, null))).toEqual(['critical n2: The certificate of the REST API of n2 has ended']);
  });

  it('is quiet a day more before, where none is shown, and of one that is no member any more', () => {
    expect(found(at(31, 400))).toEqual([]);
    expect(found(at(null, null))).toEqual([]);
    expect(found(undefined)).toEqual([]);
    expect(found(at(3, 3), null)).toEqual([]);
  });

  it('is one of a member: the first that ends gives the title', () => {
    expect(found(at(20, 3))).toEqual(['critical n2: The certificate of the PostgreSQL of n2 ends in 3 d']);
  });
});
