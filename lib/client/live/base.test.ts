import { afterEach, describe, expect, it, vi } from 'vitest';

async function under(base: string) {
  vi.resetModules();
  vi.stubEnv('HOWDAH_BASE_PATH', base);
  return import('./base');
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the prefix of all addresses', () => {
  it('is nothing where Howdah has the whole host', async () => {
    const { based, unbased } = await under('');
    expect([based('/api/health'), unbased('/clusters/a')]).toEqual(['/api/health', '/clusters/a']);
  });

  it('is put before a path, and taken off again whole', async () => {
    const { based, unbased } = await under('/db/howdah');
    expect(based('/api/health')).toBe('/db/howdah/api/health');
    expect(based('/')).toBe('/db/howdah/');
    expect(unbased('/db/howdah/clusters/a')).toBe('/clusters/a');
    expect(unbased('/db/howdah')).toBe('/');
    expect(unbased('/db/howdahs')).toBe('/db/howdahs');
  });
});
