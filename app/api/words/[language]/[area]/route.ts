import { route } from '@/lib/server/doorway';
import { wordsAnswer } from '@/lib/server/words';

export const dynamic = 'force-dynamic';

export const GET = route('GET /api/words/{language}/{area}', ({ params, query }) =>
  wordsAnswer(params.language, params.area, query.v ?? null),
);
