import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadGood } from './test-load';
import { TEST_CERT, TEST_KEY } from './test-pem';

const EXAMPLE = readFileSync(path.resolve(import.meta.dirname, '../../../howdah.example.yaml'), 'utf8');

describe('howdah.example.yaml', () => {
  it('is a good configuration as it is', () => {
    const config = loadGood({ files: { '/w/howdah.yaml': EXAMPLE } });
    expect(config.sources.map(({ name }) => name)).toEqual(['local']);
    expect(config.warnings).toEqual([]);
  });

  it('is a good configuration with every setting uncommented, and shows the true defaults', () => {
    const config = loadGood({
      env: { ETCD_PASSWORD: 'a', HOWDAH_PG_SECRET: 'b', HOWDAH_PROBE_SECRET: 'd' },
      files: {
        '/w/howdah.yaml': EXAMPLE.replace(/^# /gm, ''),
        '/w/tls/etcd-ca.pem': TEST_CERT,
        '/w/tls/patroni-ca.pem': TEST_CERT,
        '/w/tls/postgres-ca.pem': TEST_CERT,
        '/w/tls/howdah.pem': TEST_CERT,
        '/w/tls/howdah.key': TEST_KEY,
        '/w/secrets/rest-password': 'c\n',
        '/etc/patroni/patroni.yml': 'etcd3: {host: e1}',
      },
    });
    expect(config.sources.map(({ name }) => name)).toEqual(['local', 'production', 'from-patronictl', 'by-rest']);
    const { listen, poll } = loadGood({});
    expect(config).toMatchObject({
      listen,
      poll,
      dataDir: '/var/lib/howdah',
      operator: 'dba-on-call',
      readOnly: false,
    });
  });
});
