// The routes of next-auth, behind the same walls as ours (edge/web-server.ts), and not too often. They are not in the table of routes:
// they are how one becomes somebody.

import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { say } from '../../language/sentence';
import { failure, limitPeer } from '../doorway';
import { peerOf } from '../edge/peer';
import { Refusal } from '../route';
import { runtime } from '../runtime';
import { agentWords, nextAuthOptions } from './next-auth';

/** Of next-auth's routes only those that Howdah uses. */
const USED = ['csrf', 'providers', 'signin', 'callback', 'error', 'session'];

interface Context {
  readonly params: Promise<{ nextauth: string[] }>;
}

export async function authResponse(request: NextRequest, context: Context): Promise<Response> {
  try {
    const current = runtime();
    if (current.config.auth.kind === 'none') throw new Refusal('not_found', say`nobody has to sign in here`);
    const { nextauth } = await context.params;
    if (!USED.includes(nextauth[0] ?? '')) throw new Refusal('not_found', say`there is no such route`);
    limitPeer(request.method === 'POST' ? 'sign_in' : 'read', request);
    const door = await current.door();
    // next-auth reads its address from the environment alone.
    process.env.NEXTAUTH_URL = `${current.config.publicUrl}/api/auth`;
    const agent = agentWords(request.headers.get('user-agent') ?? '');
    const options = nextAuthOptions(door, current.config, { address: peerOf(request), agent });
    const answer: unknown = await NextAuth(request, context, options);
    if (answer instanceof Response) return answer;
    throw new Error('next-auth gave no answer');
  } catch (error) {
    return failure(error, 'auth');
  }
}
