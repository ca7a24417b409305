import { describe, expect, it } from 'vitest';
import { seenValue, withoutSecrets } from './secrets';

describe('values that may hold a secret', () => {
  const hidden = 'S3cr-et.pass';

  it.each([
    `host=n1 user=replicator password=${hidden} sslmode=prefer`,
    `host=n1 password='${hidden}' user=x`,
    `host=n1 password='it''s \\' ${hidden}' user=x`,
    `postgres://replicator:${hidden}@n1/postgres`,
    `pgbackrest --repo1-cipher-pass=${hidden} archive-push %p`,
    `AWS_SECRET_ACCESS_KEY=${hidden} wal-g wal-push %p`,
    `env PGPASSWORD="${hidden}" copy %p`,
    `curl --token ${hidden} -T %p`,
    'curl -H "X: ghp4n8s7d6f5g4h3j2k1l0qwertyuiop" %p',
  ])('goes without it: %s', (text) => {
    expect(withoutSecrets(text)).not.toContain(hidden);
    expect(withoutSecrets(text)).not.toContain('qwertyuiop');
  });

  it('keeps what makes a command readable', () => {
    expect(withoutSecrets('pgbackrest --stanza=demo archive-push %p')).toBe('pgbackrest --stanza=demo archive-push %p');
    expect(withoutSecrets('cp %p /mnt/archive/%f')).toBe('cp %p /mnt/archive/%f');
    expect(withoutSecrets('host=n1 user=replicator password=x')).toContain('host=n1 user=replicator');
  });

  it('does not leave at all for whoever may not read it', () => {
    expect(seenValue('primary_conninfo', 'host=n1', 'denied')).toBeNull();
    expect(seenValue('archive_command', 'cp %p /a/%f', 'denied')).toBeNull();
    expect(seenValue('myapp.api_token', 'x', 'denied')).toBeNull();
  });

  it('leaves an ordinary value, and an address without its password', () => {
    expect(seenValue('work_mem', '4MB', 'denied')).toBe('4MB');
    expect(seenValue('pg_stat_statements.max', '5000', 'denied')).toBe('5000');
    expect(seenValue('myapp.upstream', `redis://u:${hidden}@h:1`, 'denied')).not.toContain(hidden);
  });
});
