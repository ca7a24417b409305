// What of the findings of a DCS each cluster on it is told (findings/dcs-troubles.ts). Silence, quorum and alarms are not among it: the
// clusters see those by themselves, and sooner. Pure.
import { DCS_TROUBLES, type DcsTrouble } from '../raw';
import type { Care, CareFinding, CareMember } from './care';

export function troublesOf(care: Care, findings: readonly CareFinding[]): readonly DcsTrouble[] {
  return findings.flatMap(({ code, severity, members }): DcsTrouble[] => {
    const kind = DCS_TROUBLES.find((one) => one === code);
    if (kind === undefined || (severity !== 'critical' && severity !== 'warning')) return [];
    const about = care.members.filter(({ key }) => members.includes(key));
    const names = about.map(({ name }) => name);
    // No member: it is our own certificate.
    return [{ kind, severity, names: names.length === 0 ? ['Howdah'] : names, amount: amountOf(kind, about, care) }];
  });
}

function amountOf(kind: DcsTrouble['kind'], about: readonly CareMember[], care: Care): number | null {
  const most = (of: (member: CareMember) => number | null): number | null => {
    const all = about.flatMap((member) => of(member) ?? []);
    return all.length === 0 ? null : Math.max(...all);
  };
  switch (kind) {
    case 'slow_disk':
      return most(({ fsync }) => fsync.p99Ms);
    case 'size':
      return most(({ sizeBytes, quotaBytes }) =>
        sizeBytes === null || quotaBytes === null ? null : Math.floor((sizeBytes / quotaBytes) * 100),
      );
    case 'certificate': {
      const ends = [
        ...about.flatMap(({ certificateEndsAt }) => certificateEndsAt ?? []),
        care.ownCertificateEndsAt ?? [],
      ].flat();
      return ends.length === 0 ? null : Math.min(...ends);
    }
    case 'unstarted':
    case 'one_host':
      return null;
  }
}
