import { openapiDocument } from '@/lib/contract/openapi';
import { route } from '@/lib/server/doorway';
import { json } from '@/lib/server/route';
import { VERSION } from '@/lib/server/version';

export const dynamic = 'force-dynamic';

/** Made once for each: anybody may ask, and it takes a tenth of a second. Which version this is, is not told to everybody. */
const texts = new Map<string, string>();

export const GET = route('GET /api/openapi.json', ({ gate }) => {
  const version = gate.hasRole ? VERSION : 'not shown';
  const text = texts.get(version) ?? JSON.stringify(openapiDocument(version));
  texts.set(version, text);
  return json(text);
});
