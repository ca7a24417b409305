// What Howdah has no right to, or no way to, and the command that grants it: of a source by its settings, and of what answered to a question.
// The page of the sources, a source that is tried and `howdah doctor` all say it in these words. Pure; nothing here is a secret.
import type { MissingPart } from '../../contract/sources';
import type { Snapshot } from '../../domain/cluster';
import { dcsName } from '../../domain/dcs-kind';
import type { ReadingError } from '../../domain/raw';
import { say, type Text } from '../../language/sentence';
import type { DcsSettings, SourceConfig } from '../config/config';
import { grantFor } from '../kubernetes-grant';

export interface Missing {
  readonly title: Text;
  /** What is not seen, or cannot be done, without it. */
  readonly text: Text;
  readonly commands: readonly { readonly where: Text; readonly command: string }[];
}

/** As the wire takes it. */
export const spread = ({ title, text, commands }: Missing): MissingPart => ({
  title,
  text,
  commands: commands.map((one) => ({ ...one })),
});

const ROLE = "CREATE ROLE howdah LOGIN PASSWORD '...'; GRANT pg_monitor TO howdah;";
const HBA = 'hostssl postgres howdah ADDRESS-OF-HOWDAH/32 scram-sha-256';
const MEMBERS_SHOWN = 5;

/** By its settings alone. */
export function missingOf({ dcs, postgres, patroni }: Pick<SourceConfig, 'dcs' | 'postgres' | 'patroni'>): Missing[] {
  const missing: Missing[] = [];
  if (dcs === null)
    missing.push({
      title: say`No DCS`,
      text: say`Changes go over Patroni's REST API, which compares nothing, and who holds the leader key is known from the members alone.`,
      commands: [{ where: say`in howdah.yaml, under this source`, command: 'etcd: { hosts: [HOST:2379] }' }],
    });
  if (postgres === null)
    missing.push({
      title: say`No SQL role`,
      text: say`Lag is what Patroni says. Not seen without it: the stages of replication, slots, the archiver, activity, and forks before Patroni notices.`,
      commands: [
        { where: say`on the primary, once; it replicates`, command: ROLE },
        { where: say`in the dynamic configuration, under postgresql.pg_hba`, command: `- ${HBA}` },
      ],
    });
  if (patroni.username === null)
    missing.push({
      title: say`No user for Patroni's REST API`,
      text: say`Reading needs none. Where Patroni has restapi.authentication, restart, reload and reinitialize are refused without it.`,
      commands: [
        {
          where: say`on a member: the user that Patroni asks for`,
          command: "grep -A3 'authentication:' /etc/patroni/*.yml",
        },
      ],
    });
  return missing;
}

/** Of a DCS that does not let itself be read. */
export function missingOfDcs(dcs: DcsSettings, error: ReadingError): Missing[] {
  const name = dcsName(dcs.kind);
  const text = say`${name}: ${error.message}`;
  const [host = ''] = dcs.hosts;
  const place = host.replace(/^\w+:\/\//, '');
  switch (error.kind) {
    case 'denied':
    case 'auth':
      return [{ title: say`${name} does not let Howdah read`, text, commands: rightsOf(dcs, String(text)) }];
    case 'tls':
      return [
        {
          title: say`The certificate of ${name} is not trusted`,
          text,
          commands: [
            {
              where: say`on this machine: who signed it`,
              command: `openssl s_client -connect ${place} -showcerts </dev/null | openssl x509 -noout -issuer -subject -ext subjectAltName`,
            },
            { where: say`on a member: the CA, to be pasted here`, command: "grep -A1 'cacert:' /etc/patroni/*.yml" },
          ],
        },
      ];
    default:
      return [{ title: say`${name} does not answer`, text, commands: [reach(place)] }];
  }
}

/** Of a cluster that answered, by who in it did not. */
export function missingOfCluster({ cluster: { members } }: Pick<Snapshot, 'cluster'>, isAsked: boolean): Missing[] {
  const silent = members.filter(({ witnesses }) => witnesses.patroni.state !== 'fresh').slice(0, MEMBERS_SHOWN);
  const missing: Missing[] = silent.map(({ name, apiUrl, witnesses }) => {
    const place = (apiUrl ?? '').replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
    const why = witnesses.patroni.error ?? say`its address is not known`;
    return {
      title: say`Patroni of ${name} does not answer`,
      text: why,
      commands: place === '' ? [] : [reach(place)],
    };
  });
  if (!isAsked) return missing;
  for (const { name, host, port, witnesses } of members.slice(0, MEMBERS_SHOWN)) {
    const { state, error, errorKind } = witnesses.sql;
    if (state === 'fresh' || error === null) continue;
    const isRight = errorKind === 'denied' || errorKind === 'auth';
    missing.push({
      title: say`PostgreSQL of ${name} does not let Howdah in`,
      text: error,
      commands: isRight
        ? [
            { where: say`on the primary, once; it replicates`, command: ROLE },
            { where: say`in the dynamic configuration, under postgresql.pg_hba`, command: `- ${HBA}` },
          ]
        : host === null
          ? []
          : [reach(`${host}:${port ?? 5432}`)],
    });
  }
  if (members.some(({ sqlGrantMissing }) => sqlGrantMissing))
    missing.push({
      title: say`The SQL role lacks pg_monitor`,
      text: say`Rows come without their details.`,
      commands: [{ where: say`on the primary, once; it replicates`, command: 'GRANT pg_monitor TO howdah;' }],
    });
  return missing;
}

function reach(place: string): Missing['commands'][number] {
  const [, host = place, port = ''] = /^(.*):(\d+)$/.exec(place) ?? [];
  return { where: say`from this machine`, command: `nc -vz -w 3 ${host.replace(/^\[|\]$/g, '')} ${port}`.trim() };
}

function rightsOf({ kind, namespace }: DcsSettings, refusal: string): Missing['commands'] {
  switch (kind) {
    case 'etcd3':
      return [
        {
          where: say`as root of etcd`,
          command: [
            'etcdctl role add howdah',
            `etcdctl role grant-permission howdah read --prefix ${namespace}`,
            'etcdctl user add howdah',
            'etcdctl user grant-role howdah howdah',
          ].join('\n'),
        },
      ];
    case 'consul':
      return [
        {
          where: say`with a management token of Consul`,
          command: `consul acl policy create -name howdah -rules 'key_prefix "${namespace.slice(1)}" { policy = "read" } session_prefix "" { policy = "read" } agent_prefix "" { policy = "read" }'\nconsul acl token create -policy-name howdah`,
        },
      ];
    case 'zookeeper':
      return [
        {
          where: say`in zkCli.sh, as who made the nodes`,
          command: `setAcl -R ${namespace.replace(/\/$/, '')} auth::cdrwa,digest:howdah:HASH:r`,
        },
      ];
    case 'kubernetes': {
      const grant = grantFor(refusal);
      return grant === null ? [] : [{ where: say`kubectl apply -f -`, command: grant }];
    }
  }
}
