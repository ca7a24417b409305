import { route } from '@/lib/server/doorway';
import { healthAnswer, partialHealth, publicHealth } from '@/lib/server/health';
import { json } from '@/lib/server/route';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/health', ({ gate }) => {
  const answer = healthAnswer(runtime(), Date.now());
  const status = answer.ok ? 200 : 503;
  if (gate.seesAll) return json(answer, status);
  return json(gate.isSignedIn ? partialHealth(answer, (scope) => gate.sees(scope)) : publicHealth(answer), status);
});
