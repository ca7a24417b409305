import { careAnswer } from '@/lib/server/care/answer';
import { route } from '@/lib/server/doorway';
import { runtime } from '@/lib/server/runtime';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/dcs/{source}', ({ params, gate }) => careAnswer(runtime(), params.source, gate));
