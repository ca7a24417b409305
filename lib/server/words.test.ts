import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { wordsAnswer, wordsVersion } from './words';

describe('the words of a language', () => {
  it('are kept for good by whoever asked for this version, and by nobody else', async () => {
    const kept = async (version: string | null) =>
      (await wordsAnswer('ru', 'card', version, null)).headers.get('cache-control');
    expect(await kept(wordsVersion('ru'))).toMatch(/immutable/);
    expect([await kept('old'), await kept(null)]).toEqual(['no-cache', 'no-cache']);
  });

  it.each(['gzip, deflate, br, zstd', 'br', 'gzip,br;q=0.8'])('go as brotli where %j takes it', async (encodings) => {
    const plain = await (await wordsAnswer('ru', 'card', null, null)).text();
    const answer = await wordsAnswer('ru', 'card', null, encodings);
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual(['br', 'accept-encoding']);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(brotliDecompressSync(bytes).toString()).toBe(plain);
    expect(bytes.length).toBeLessThan(plain.length / 3);
  });

  it.each([null, '', 'gzip', 'gzip, br;q=0', 'br;q=0.0, gzip', 'brx, gzip'])(
    'go as they are where %j does not',
    async (encodings) => {
      const answer = await wordsAnswer('ru', 'card', null, encodings);
      expect(answer.headers.get('content-encoding')).toBeNull();
      expect(await answer.json()).toMatchObject({ core: {}, screens: {} });
    },
  );

  it.each([
    ['xx', 'card'],
    ['ru', 'everything'],
    ['en', 'card'],
    ['__proto__', 'card'],
  ])('of %s %s are not there', async (language, area) => {
    await expect(wordsAnswer(language, area, null, null)).rejects.toMatchObject({ body: { code: 'not_found' } });
  });
});
