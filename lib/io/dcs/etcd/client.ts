// One etcd3 client for one endpoint, with the library's traps closed: every unary call has a deadline, nothing is retried and
// no circuit breaker opens (the next round is the retry), HTTP/2 keepalive finds half-open connections while a call runs, as the
// watch does for ever. Without a call none is sent: etcd counts such a ping as abuse and cuts the connection ("too many pings"), and
// it allows one each 5 s (server/embed/config.go v3.5 DefaultGRPCKeepAliveMinTime). The library's own lines go into the log.

import { status as grpcStatus, setLogger } from '@grpc/grpc-js';
import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';
import type { RawEndpointStatus, RawLease, ReadingError, ReadingErrorKind } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { classify, kindIn, textOf, tlsFailure } from '../../failure';
import type { TlsMaterial } from '../../tls';

export interface EtcdCredentials {
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: TlsMaterial | null;
}

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Its own lines would go to the terminal as they are. */
let tell: (line: string) => void = () => undefined;
const line = (...words: readonly unknown[]): void => tell(words.map(String).join(' '));
setLogger({ error: line, info: line, debug: line });

/** What the gRPC library says beside the errors of its calls. */
export function onGrpcLine(listener: (line: string) => void): void {
  tell = listener;
}

export function createEtcdClient(host: string, own: EtcdCredentials, deadlineMs: number): Etcd3 {
  const options: IOptions = {
    hosts: [host],
    defaultCallOptions: (context) => (context.isStream ? {} : { deadline: Date.now() + deadlineMs }),
    faultHandling: { host: () => noop, global: noop },
    grpcOptions: {
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 3000,
      'grpc.keepalive_permit_without_calls': 0,
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      // A dead endpoint comes back within a round or two, not after gRPC's default minutes of backoff.
      'grpc.initial_reconnect_backoff_ms': 500,
      'grpc.max_reconnect_backoff_ms': 2000,
      ...(own.tls?.serverName ? { 'grpc.ssl_target_name_override': own.tls.serverName } : {}),
    },
    ...(own.username === null ? {} : { auth: { username: own.username, password: own.password ?? '' } }),
    ...(host.startsWith('https:') ? { credentials: credentialsOf(own.tls) } : {}),
  };
  return new Etcd3(options);
}

function credentialsOf(tls: TlsMaterial | null): NonNullable<IOptions['credentials']> {
  return {
    // grpc-js takes null for "the system's CAs", the etcd3 types only know a Buffer.
    rootCertificate: (tls?.ca == null ? null : Buffer.from(tls.ca)) as Buffer,
    ...(tls?.key == null ? {} : { privateKey: Buffer.from(tls.key) }),
    ...(tls?.cert == null ? {} : { certChain: Buffer.from(tls.cert) }),
  };
}

const KIND_BY_GRPC: Readonly<Record<number, ReadingErrorKind>> = {
  [grpcStatus.DEADLINE_EXCEEDED]: 'timeout',
  [grpcStatus.UNAVAILABLE]: 'closed',
  [grpcStatus.PERMISSION_DENIED]: 'denied',
  [grpcStatus.UNAUTHENTICATED]: 'auth',
  [grpcStatus.UNIMPLEMENTED]: 'malformed',
};

/** etcd3 wraps gRPC errors in classes of its own and keeps the text only; both forms are understood, and neither is shown. */
export function classifyEtcd(error: unknown): ReadingError {
  const text = textOf(error);
  const name = error instanceof Error ? error.constructor.name : '';
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (/invalid auth token|authentication failed|user name is empty|revision of auth store/i.test(text))
    return failure('auth');
  if (/permission denied/i.test(text)) return failure('denied');
  if (/authentication is not enabled/i.test(text))
    return failure('auth', say`etcd has authentication off; remove username and password`);
  if (/space exceeded/i.test(text)) return failure('denied', say`its quota is used up`);
  if (/too large/i.test(text)) return failure('denied', say`the value is too large`);
  if (/no leader/i.test(text)) return failure('timeout', say`it knows no leader`);
  if (/etcdserver: request timed out/i.test(text)) return failure('timeout');
  if (name === 'GRPCDeadlineExceededError' || /deadline exceeded/i.test(text)) return failure('timeout');
  if (/certificate|SSL|TLS/i.test(text)) return tlsFailure(text);
  if (name === 'GRPCNotImplementedError' || /Received HTTP status code/i.test(text)) {
    return failure('malformed', say`no etcd v3 API answers there`);
  }
  const kind = kindIn(text);
  if (kind !== null) return failure(kind);
  if (/Name resolution failed/i.test(text)) return failure('unreachable');
  // The connection was never made, and no error says why: the other side keeps silent.
  if (/No connection established/i.test(text)) return failure('timeout');
  if (typeof code === 'number' && KIND_BY_GRPC[code] !== undefined) return failure(KIND_BY_GRPC[code]);
  if (name === 'GRPCUnavailableError' || /UNAVAILABLE/i.test(text)) return failure('closed');
  return classify(error);
}

/** The answer is longer than a message may be. */
export function isTooLong(error: unknown): boolean {
  return /received message larger than max/i.test(textOf(error));
}

/** Maintenance status, member names and alarms of one endpoint. Names and alarms may be denied: then they are unknown. */
export async function readEndpointStatus(client: Etcd3): Promise<RawEndpointStatus> {
  const status = await client.maintenance.status();
  const memberId = status.header.member_id;
  const isLearner = 'isLearner' in status && status.isLearner === true;
  const [members, alarms] = await Promise.all([
    client.cluster.memberList({}).catch(() => null),
    client.maintenance.alarm({ action: 'Get', memberID: 0, alarm: 'None' }).catch(() => null),
  ]);
  return {
    name: members?.members.find((member) => member.ID === memberId)?.name ?? null,
    role:
      status.leader === '0' ? 'leaderless' : isLearner ? 'learner' : memberId === status.leader ? 'leader' : 'follower',
    version: status.version,
    sizeBytes: Number(status.dbSize),
    term: status.raftTerm,
    alarms: (alarms?.alarms ?? [])
      .filter((alarm) => alarm.memberID === memberId)
      .map((alarm) => String(alarm.alarm).toUpperCase()),
  };
}

/** A linearizable read of one key: it succeeds only with a quorum. */
export async function readByQuorum(client: Etcd3, key: string): Promise<true> {
  await client.get(key).exec();
  return true;
}

/** null: the lease has expired. */
export async function readLease(client: Etcd3, lease: string): Promise<RawLease | null> {
  const answer = await client.leaseClient.leaseTimeToLive({ ID: lease, keys: false });
  const ttlSeconds = Number(answer.TTL);
  return ttlSeconds < 0 ? null : { ttlSeconds, grantedSeconds: Number(answer.grantedTTL) };
}
