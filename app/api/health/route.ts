import { route } from '@/lib/server/doorway';
import { healthAnswer, publicHealth } from '@/lib/server/health';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route<unknown>('GET /api/health', (_request, _params, gate) => {
  const answer = healthAnswer(runtime(), Date.now());
  return json(gate.isSignedIn ? answer : publicHealth(answer), answer.ok ? 200 : 503);
});
