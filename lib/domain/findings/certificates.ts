// The certificates that members show: of Patroni's REST API and of PostgreSQL. Those of a DCS are in care/care-findings.ts; what is soon
// and how it is said stands once, in certificates.ts.
import { say, type Text } from '../../language/sentence';
import { endInstant, endTitle, severityOfEnd } from '../certificates';
import { type FindingRule, fact, type Match } from './rule';

export const CERTIFICATE_RULES: readonly FindingRule[] = [
  {
    code: 'certificate_ends',
    meaning: 'A certificate that a member shows ends soon: after that nobody who checks it comes in.',
    match: ({ cluster, now }) =>
      cluster.members.flatMap(({ name, listed, certificates }): Match[] => {
        if (certificates === undefined || !listed) return [];
        const shown: readonly { readonly what: Text; readonly endsAt: number | null }[] = [
          { what: say`the REST API of ${name}`, endsAt: certificates.restEndsAt },
          { what: say`the PostgreSQL of ${name}`, endsAt: certificates.postgresEndsAt },
        ];
        const soon = shown.flatMap(({ what, endsAt }) => {
          const severity = severityOfEnd(endsAt, now);
          return severity === null || endsAt === null ? [] : [{ what, endsAt, severity }];
        });
        const [first] = [...soon].sort((a, b) => a.endsAt - b.endsAt);
        if (first === undefined) return [];
        return [
          {
            severity: first.severity,
            title: endTitle(first.what, first.endsAt, now),
            members: [name],
            evidence: soon.map(({ what, endsAt }) => fact(what, endInstant(endsAt))),
            advice: say`Renew it and reload ${name}: whoever checks it is refused after that, and where Patroni's members check each other's, they are among them.`,
          },
        ];
      }),
  },
];
