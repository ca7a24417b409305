import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../domain/reading-failure';
import { classify, read } from './failure';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('a failure', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['ENOTFOUND', 'unreachable'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ECONNRESET', 'closed'],
    ['UND_ERR_SOCKET', 'closed'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['28P01', 'auth'],
    ['42501', 'denied'],
    ['53300', 'denied'],
    ['57P03', 'refused'],
    ['57014', 'timeout'],
  ])('%s is %s, also as the cause of another error and in an AggregateError', (code, kind) => {
    expect(classify(coded(code)).kind).toBe(kind);
    expect(classify(new Error('fetch failed', { cause: coded(code) })).kind).toBe(kind);
    expect(classify(new AggregateError([coded(code)])).kind).toBe(kind);
  });

  it('of an abort is a timeout', () => {
    expect(classify(new DOMException('aborted', 'AbortError')).kind).toBe('timeout');
    expect(classify(new DOMException('late', 'TimeoutError')).kind).toBe('timeout');
  });

  it('is a value for whatever is thrown, with a short message', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const { kind, message } = classify(thrown);
        expect(kind).toBeTruthy();
        expect(String(message).length).toBeLessThan(200);
      }),
    );
  });

  it('is a value also where no text can be made of what was thrown, and no inherited name is a code', () => {
    expect(classify(Object.create(null)).kind).toBe('malformed');
    expect(classify(Object.assign(new Error('odd'), { code: 'constructor' })).kind).toBe('malformed');
  });

  it.each([
    ['Client has encountered a connection error and is not queryable', 'connection closed without an answer'],
    ['Parse Error: Expected HTTP/', 'not a valid answer'],
  ])('never shows a text of a library: %s', (text, words) => {
    expect(String(classify(new Error(text)).message)).toBe(words);
  });

  it('shows what PostgreSQL itself says', () => {
    expect(String(classify(coded('42P01', 'relation "x" does not exist')).message)).toBe(
      'not a valid answer: relation "x" does not exist',
    );
  });

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'x', 'self-signed certificate'],
    ['CERT_HAS_EXPIRED', 'x', 'the certificate has expired'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'x', 'certificate of an authority that is not trusted here'],
    [
      'EPROTO',
      'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
      'it does not speak TLS: http, not https',
    ],
    ['EPROTO', 'tlsv13 alert certificate required', 'it asks for a client certificate'],
    ['ERR_SSL_SOMETHING_NEW', 'x', 'ERR_SSL_SOMETHING_NEW'],
  ])('of TLS by %s (%s) says in words what is wrong: %s', (code, text, words) => {
    expect(classify(coded(code, text))).toMatchObject({ kind: 'tls' });
    expect(String(classify(coded(code, text)).message)).toBe(`TLS failed: ${words}`);
  });

  it('reads as words with its detail', () => {
    expect(failure('refused')).toEqual({ kind: 'refused', message: 'connection refused' });
    expect(failure('tls', 'CERT_HAS_EXPIRED').message).toBe('TLS failed: CERT_HAS_EXPIRED');
  });
});

describe('a reading', () => {
  it('never throws: what goes wrong is the answer, with its instant', async () => {
    expect(
      await read(
        async () => 7,
        () => 5,
      ),
    ).toMatchObject({ ok: true, value: 7, at: 5 });
    expect(
      await read(
        () => Promise.reject(coded('ECONNREFUSED')),
        () => 5,
      ),
    ).toMatchObject({ ok: false, error: { kind: 'refused' }, at: 5 });
    const sync = (): Promise<never> => {
      throw new Error('timed out');
    };
    expect(await read(sync, () => 5)).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });
});
