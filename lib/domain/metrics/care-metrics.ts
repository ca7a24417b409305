// The DCS of a source as samples, once for all clusters there. Pure. Who votes is not known everywhere: then there is no sample.
import type { Care } from '../care/care';
import type { StandingFinding } from '../care/care-events';
import type { Sample } from './exposition';

interface Seen {
  readonly care: Care;
  readonly findings: readonly StandingFinding[];
}

export function careMetrics(source: string, { care, findings }: Seen, now: number): readonly Sample[] {
  const { votes, at } = care;
  const voters: readonly (readonly [string, number])[] =
    votes === null
      ? []
      : [
          ['answer', votes.answer],
          ['silent', votes.voters - votes.answer - votes.unsure],
          ['unknown', votes.unsure],
        ];
  return [
    { family: 'howdah_dcs_look_age_seconds', labels: { source }, value: Math.max(0, now - at) / 1000 },
    ...findings.map(
      ({ code, severity }): Sample => ({ family: 'howdah_dcs_findings', labels: { source, code, severity }, value: 1 }),
    ),
    ...voters.map(([state, value]): Sample => ({ family: 'howdah_dcs_voters', labels: { source, state }, value })),
    // What may be there and does not let us know is no margin that can be promised.
    ...(votes === null || votes.unsure > 0
      ? []
      : [{ family: 'howdah_dcs_margin' as const, labels: { source }, value: votes.margin }]),
  ];
}
