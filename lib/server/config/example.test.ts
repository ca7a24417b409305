import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_AUTH } from './auth-file';
import { loadGood } from './test-load';
import { TEST_CERT, TEST_KEY } from './test-pem';

/** Of the form alone. */
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$bm90IG9mIGEgcGFzc3dvcmQ';

const EXAMPLE = readFileSync(path.resolve(import.meta.dirname, '../../../howdah.example.yaml'), 'utf8');

const KUBECONFIG = `clusters: [{ name: c, cluster: { server: "https://10.0.0.1:6443" } }]
contexts: [{ name: production, context: { cluster: c, user: u } }]
users: [{ name: u, user: { token: t } }]
`;

describe('howdah.example.yaml', () => {
  it('is a good configuration as it is', () => {
    const config = loadGood({ files: { '/w/howdah.yaml': EXAMPLE } });
    expect(config.sources.map(({ name }) => name)).toEqual(['local']);
    expect(config.warnings).toEqual([]);
  });

  it('is a good configuration with every setting uncommented, and shows the true defaults', () => {
    const config = loadGood({
      env: {
        ETCD_PASSWORD: 'a',
        CONSUL_TOKEN: 'h',
        HOWDAH_BACKUP_TOKEN: 'j'.repeat(24),
        ZOOKEEPER_PASSWORD: 'i',
        HOWDAH_PG_SECRET: 'b',
        HOWDAH_PROBE_SECRET: 'd',
        HOWDAH_SIGNAL_SECRET: 'e',
        WEBHOOK_URL: 'https://hooks.example.com/x',
        WEBHOOK_SECRET: 'e',
        SLACK_URL: 'https://chat.example.com/hooks/x',
        TELEGRAM_TOKEN: '1:x',
        SMTP_SECRET: 'f',
        HAPROXY_SECRET: 'h',
        PGBOUNCER_SECRET: 'i',
        PGBOUNCER_ADMIN_SECRET: 'j',
        HOWDAH_OIDC_SECRET: 'g',
        HOWDAH_LDAP_SECRET: 'j',
      },
      files: {
        '/w/howdah.yaml': EXAMPLE.replace(/^# /gm, ''),
        '/w/tls/etcd-ca.pem': TEST_CERT,
        '/w/tls/ldap-ca.pem': TEST_CERT,
        '/w/tls/consul-ca.pem': TEST_CERT,
        '/w/tls/patroni-ca.pem': TEST_CERT,
        '/w/tls/postgres-ca.pem': TEST_CERT,
        '/w/tls/pgbouncer-ca.pem': TEST_CERT,
        '/w/tls/howdah.pem': TEST_CERT,
        '/w/tls/server.pem': TEST_CERT,
        '/w/tls/server.key': TEST_KEY,
        '/w/tls/intermediate.pem': TEST_CERT,
        '/w/tls/howdah.key': TEST_KEY,
        '/w/secrets/rest-password': 'c\n',
        '/w/secrets/kubeconfig': KUBECONFIG,
        '/w/secrets/glass.hash': `${HASH}\n`,
        '/etc/patroni/patroni.yml': 'etcd3: {host: e1}',
      },
    });
    expect(config.sources.map(({ name }) => name)).toEqual([
      'local',
      'production',
      'on-consul',
      'on-zookeeper',
      'from-patronictl',
      'kube',
      'by-rest',
    ]);
    expect(config.receivers.map(({ kind }) => kind)).toEqual([
      'alertmanager',
      'webhook',
      'slack',
      'telegram',
      'smtp',
      'webpush',
    ]);
    expect(config.entries.map(({ way }) => way.kind)).toEqual(['haproxy', 'pgbouncer', 'address']);
    const { oidc, ldap, breakGlass, secondFactor, ...times } = config.auth;
    expect(times).toEqual({
      kind: 'sign_in',
      idleMinutes: DEFAULT_AUTH.idleMinutes,
      sessionHours: DEFAULT_AUTH.sessionHours,
      graceMinutes: DEFAULT_AUTH.graceMinutes,
    });
    expect(oidc?.roles.map(({ group, role }) => `${group}: ${role}`)).toEqual([
      'dba: admin',
      'on-call: operator',
      'staff: viewer',
    ]);
    expect(ldap).toMatchObject({ nameAttribute: 'uid', idAttribute: 'entryUUID', checkMinutes: 5, startTls: false });
    expect(breakGlass?.passwordHash.reveal()).toBe(HASH);
    expect(config.approvals).toEqual([
      {
        actions: ['failover', 'reinitialize', 'edit_config'],
        scopes: null,
        labels: { environment: 'production' },
        minutes: 15,
      },
    ]);
    const { rules, ...telling } = config.alerts;
    const { rules: defaults, ...standard } = loadGood({}).alerts;
    expect(telling).toEqual(standard);
    expect(rules.slice(3)).toEqual(defaults);
    for (const rule of defaults) expect(EXAMPLE).toContain(rule.name);
    const { listen, poll } = loadGood({});
    expect(config).toMatchObject({
      listen: { host: listen.host, port: listen.port },
      poll,
      dataDir: '/var/lib/howdah',
      operator: 'dba-on-call',
      readOnly: false,
    });
  });
});
