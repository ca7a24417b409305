// The lists in docs/api.md, which are the table of routes and that of errors: `UPDATE=1 npx vitest run lib/contract` writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS } from './error-codes';
import type { RouteAccess } from './route-row';
import { ALL_ROUTES, type Route } from './routes';

const PAGE = join(import.meta.dirname, '../../docs/api.md');

const rowOf = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function rightOf(access: RouteAccess): string {
  switch (access.kind) {
    case 'public':
      return 'anybody';
    case 'signed_in':
      return 'whoever signed in';
    case 'wall':
      return 'the key';
    case 'reporter':
      return 'a token of `backups.push`';
    case 'action':
      return '`see`, and that of the action';
    case 'scope':
    case 'somewhere':
      return `\`${access.permission}\``;
  }
}

function lineOf({ key, access, summary, description, query }: Route): string {
  const names = Object.keys(query?.shape ?? {});
  const asked = names.length === 0 ? '' : `?${names.join('&')}`;
  return rowOf([`\`${key}${asked}\``, rightOf(access), description === null ? summary : `${summary}. ${description}`]);
}

const LISTS: Readonly<Record<string, readonly string[]>> = {
  routes: ['| route | right | what it is for |', '|---|---|---|', ...ALL_ROUTES.map(lineOf)],
  errors: [
    '| code | status | |',
    '|---|---|---|',
    ...Object.entries(ERRORS).map(([code, { status, about }]) => rowOf([`\`${code}\``, String(status), about])),
  ],
};

it.each(Object.entries(LISTS))('docs/api.md has the list of %s as it is', (name, lines) => {
  const [begin, end] = [`<!-- ${name}: written by a test -->`, `<!-- end of ${name} -->`];
  const page = readFileSync(PAGE, 'utf8');
  const at = page.indexOf(begin);
  const until = page.indexOf(end);
  expect(at).toBeGreaterThan(0);
  expect(until).toBeGreaterThan(at);
  const written = `${page.slice(0, at)}${begin}\n${lines.join('\n')}\n${page.slice(until)}`;
  if (process.env.UPDATE === '1') writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});
