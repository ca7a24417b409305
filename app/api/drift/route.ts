import { route } from '@/lib/server/doorway';
import { fleetDriftAnswer } from '@/lib/server/drift/answer';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/drift', ({ gate }) => fleetDriftAnswer(runtime(), (scope) => gate.sees(scope)));
