import { describe, expect, it } from 'vitest';
import { address } from '../domain/entries/test-doors';
import { steady } from '../domain/testkit';
import { connectText } from './connect';

const { cluster } = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });

describe('how clients connect', () => {
  it('names all members and lets libpq choose the one that takes writes', () => {
    const { dsn } = connectText(cluster);
    expect(dsn?.primary).toBe(
      'host=10.0.0.1,10.0.0.2 port=5432 dbname=app user=app target_session_attrs=read-write connect_timeout=2',
    );
    expect(dsn?.replicas).toContain('target_session_attrs=prefer-standby');
  });

  it('asks Patroni for the role of each, and cuts sessions of a dead primary', () => {
    const { haproxy } = connectText(cluster);
    expect(haproxy).toContain('option httpchk OPTIONS /primary');
    expect(haproxy).toContain('option httpchk OPTIONS /replica');
    expect(haproxy?.match(/on-marked-down shutdown-sessions/g)).toHaveLength(2);
    expect(haproxy?.match(/ {4}server n1 10\.0\.0\.1:5432 check port 8008$/gm)).toHaveLength(2);
  });

  it('checks with TLS where the REST API speaks it', () => {
    const secure = cluster.members.map((member) => ({ ...member, apiUrl: 'https://10.0.0.1:8443' }));
    expect(connectText({ ...cluster, members: secure }).haproxy).toMatch(/check-ssl verify required .* port 8443/);
  });

  it('points a pool at the address that follows the leader, and never at one member', () => {
    const spec = { kind: 'address' as const, name: 'vip', answer: address({ '10.0.0.20': 'timeout' }) };
    const at = steady({ members: [{ name: 'n1' }], entries: [spec] });
    expect(connectText(at.cluster).pgbouncer).toContain('app = host=vip.example port=7000');
    expect(connectText(cluster).pgbouncer).toContain('host=HAPROXY port=5000');
  });

  it('lets no name of a member write a line of its own', () => {
    const [first] = cluster.members;
    if (first === undefined) throw new Error('no member');
    const bad = { ...first, name: 'a\n    user root', host: '10.0.0.1 weight 0\nglobal' };
    const { haproxy, dsn } = connectText({ ...cluster, members: [bad] });
    expect(haproxy).not.toMatch(/^ *(user|global)/m);
    expect(dsn?.primary.split(' ')).toHaveLength(6);
  });

  it('says nothing of members whose address is not known', () => {
    const nowhere = cluster.members.map((member) => ({ ...member, host: null }));
    expect(connectText({ ...cluster, members: nowhere })).toMatchObject({ dsn: null, haproxy: null });
  });
});
