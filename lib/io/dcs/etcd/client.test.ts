import { describe, expect, it } from 'vitest';
import { classifyEtcd } from './client';

const grpc = (code: number, message: string): Error => Object.assign(new Error(message), { code });

describe('a failure of etcd', () => {
  it.each([
    [grpc(14, '14 UNAVAILABLE: No connection established. Last error: null. Resolution note: '), 'no answer in time'],
    [
      grpc(14, '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.0.1:2379'),
      'connection refused',
    ],
    [grpc(14, '14 UNAVAILABLE: No connection established. Last error: connect EHOSTUNREACH'), 'host not reachable'],
    [grpc(14, '14 UNAVAILABLE: Name resolution failed for target dns:e1:2379'), 'host not reachable'],
    [new Error('Channel closed before call started'), 'connection closed without an answer'],
    [grpc(14, '14 UNAVAILABLE: Connection dropped'), 'connection closed without an answer'],
    [grpc(4, '4 DEADLINE_EXCEEDED: Deadline exceeded'), 'no answer in time'],
    [grpc(14, '14 UNAVAILABLE: etcdserver: no leader'), 'no answer in time: it knows no leader'],
    [grpc(14, '14 UNAVAILABLE: etcdserver: request timed out'), 'no answer in time'],
    [grpc(7, '7 PERMISSION_DENIED: etcdserver: permission denied'), 'permission denied'],
    [grpc(16, '16 UNAUTHENTICATED: etcdserver: invalid auth token'), 'sign-in refused'],
    [
      grpc(8, '8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded'),
      'permission denied: its quota is used up',
    ],
    [
      grpc(14, '14 UNAVAILABLE: unable to verify the first certificate'),
      'TLS failed: certificate of an authority that is not trusted here',
    ],
    [grpc(14, '14 UNAVAILABLE: certificate has expired'), 'TLS failed: the certificate has expired'],
    [new Error('something that nobody has seen'), 'not a valid answer'],
  ])('reads as plain words: %s', (error, words) => {
    expect(String(classifyEtcd(error).message)).toBe(words);
  });

  it('keeps a write that etcd refused by a rule apart from one that may have been written', () => {
    const kinds = [
      '8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded',
      '3 INVALID_ARGUMENT: etcdserver: request is too large',
    ];
    expect(kinds.map((text) => classifyEtcd(grpc(Number(text[0]), text)).kind)).toEqual(['denied', 'denied']);
    expect(classifyEtcd(grpc(14, '14 UNAVAILABLE: Connection dropped')).kind).toBe('closed');
  });
});
