import { describe, expect, it } from 'vitest';
import { connectLines } from './connect';

const at = (host: string | null, port: number | null = 5432, apiUrl: string | null = null) =>
  connectLines({ host, port, apiUrl });

describe('the lines that reach a member', () => {
  it('name host and port', () => {
    expect(at('10.20.4.12', 5433, 'http://10.20.4.12:8008')).toEqual({
      psql: 'psql "host=10.20.4.12 port=5433 dbname=postgres"',
      dsn: 'postgresql://10.20.4.12:5433/postgres',
      curl: 'curl -s http://10.20.4.12:8008/patroni',
    });
  });

  it('write an IPv6 address as each of them wants it', () => {
    expect(at('fd00::1', null, 'https://[fd00::1]:8008/')).toEqual({
      psql: 'psql "host=fd00::1 port=5432 dbname=postgres"',
      dsn: 'postgresql://[fd00::1]:5432/postgres',
      curl: 'curl -s https://[fd00::1]:8008/patroni',
    });
  });

  it.each(['$(reboot)', 'a"; rm -rf ~; echo "', 'a`id`', "a'b", 'a b', 'a\nb', '-h', '/var/run', ''])(
    'are not made of an address that a shell or psql would read as more: %j',
    (host) => {
      expect(at(host, 5432, `http://${host}/$(id)`)).toEqual({ psql: null, dsn: null, curl: null });
    },
  );

  it('are not made of nothing', () => {
    expect(at(null)).toEqual({ psql: null, dsn: null, curl: null });
  });
});
