// The connections to the OpenID provider (discovery, keys, token): openid-client reads whole answers and counts no bytes, and its time-out
// begins anew with each one. So each connection, which is one question, ends after so many bytes and so much time.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

export interface AnswerLimits {
  readonly bytes: number;
  readonly ms: number;
}

/** A provider's keys are some 10 KiB. */
const LIMITS: AnswerLimits = { bytes: 1024 * 1024, ms: 10_000 };

/** Of the issuer's scheme: an endpoint of another one is refused by Node. */
export function oidcAgent(issuer: string, limits = LIMITS): HttpAgent {
  const agent = issuer.startsWith('https:')
    ? new HttpsAgent({ keepAlive: false })
    : new HttpAgent({ keepAlive: false });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done);
    if (socket != null) limit(socket, limits);
    return socket;
  };
  return agent;
}

function limit(socket: Duplex, { bytes, ms }: AnswerLimits): void {
  let left = bytes;
  const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), ms);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy(new Error('the answer is too long'));
  });
}
