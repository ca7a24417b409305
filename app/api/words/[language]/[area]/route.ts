import { route } from '@/lib/server/doorway';
import { wordsAnswer } from '@/lib/server/words';

export const dynamic = 'force-dynamic';

export const GET = route<{ language: string; area: string }>(
  'GET /api/words/{language}/{area}',
  (request, { language, area }) => wordsAnswer(language, area, new URL(request.url).searchParams.get('v')),
);
