// The style as a test: where imports may go, what the core may touch, names, sizes, and what is never written.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesIn, drawings, drawn, graphOf, writeDrawings } from '../e2e/import-graph';
import { code, files, importsOf, isTest, ROOT, text } from '../e2e/sources';
import { FINDING_CODES } from './domain/cluster';
import { FINDING_RULES } from './domain/findings/assess';

const shipped = files.filter((file) => !isTest(file) && !file.startsWith('e2e/'));
const where = (found: readonly string[], test: (source: string, file: string) => boolean): string[] =>
  found.filter((file) => test(code(file), file));

/** The same without what stands in quotes. */
const bare = (source: string): string => source.replace(/'[^'\n]*'|`[^`]*`|"[^"\n]*"/g, "''");

type Layer = 'language' | 'domain' | 'telling' | 'contract' | 'io' | 'server' | 'cli' | 'client' | 'components' | 'app';

function layerOf(path: string): Layer | null {
  if (path.startsWith('components/')) return 'components';
  if (path.startsWith('app/')) return 'app';
  const [, name] = /^lib\/(language|domain|telling|contract|io|server|cli|client)\//.exec(path) ?? [];
  return (name as Layer | undefined) ?? null;
}

const CORE: readonly Layer[] = ['language', 'domain', 'telling'];
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  language: ['language'],
  domain: ['language', 'domain'],
  telling: CORE,
  contract: [...CORE, 'contract'],
  io: ['language', 'domain', 'io'],
  server: [...CORE, 'contract', 'io', 'server'],
  cli: [...CORE, 'contract', 'server', 'cli'],
  client: [...CORE, 'contract', 'client'],
  components: [...CORE, 'contract', 'client', 'components'],
  app: [...CORE, 'contract', 'server', 'client', 'components', 'app'],
};

describe('imports', () => {
  it('go one way: language, domain, telling, contract, io, server, app; and contract, client, components, app', () => {
    const wrong = shipped.flatMap((file) => {
      const layer = layerOf(file);
      if (layer === null) return [];
      return importsOf(file).flatMap((target) => {
        const to = layerOf(target);
        return to === null || MAY_IMPORT[layer].includes(to) ? [] : [`${file} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('never reach into app/', () => {
    const outside = files.filter((file) => !file.startsWith('app/'));
    expect(outside.filter((file) => importsOf(file).some((target) => layerOf(target) === 'app'))).toEqual([]);
  });

  it('run in no circle: type imports count', () => {
    expect(circlesIn(graphOf(files, (file) => file))).toEqual([]);
  });

  it('are drawn in docs/architecture.md by room: arrows as they are, counts as of the last drawing (UPDATE=1 writes)', () => {
    if (process.env.UPDATE === '1') writeDrawings();
    const arrows = (page: string): string => page.replace(/\|\d+\|/g, '|n|');
    expect(arrows(drawn())).toBe(arrows(drawings()));
  });

  it('have their use: a value that is exported is imported by somebody', () => {
    const importers = new Map<string, string[]>();
    for (const file of files)
      for (const name of importsOf(file)) {
        const target = name.replace(/\.tsx?$/, '');
        importers.set(target, [...(importers.get(target) ?? []), file]);
      }
    const exported = /^export (?:async )?(?:const|let|function\*?|class|abstract class|enum) (\w+)/gm;
    // Next takes what app/ exports by its name, and howdah.mjs the start. A type may be named for what it is part of.
    const unused = files
      .filter((file) => !file.startsWith('app/') && file !== 'lib/server/start.ts')
      .flatMap((file) => {
        const by = (importers.get(file.replace(/\.tsx?$/, '')) ?? []).map(code).join('\n');
        const names = [...bare(code(file)).matchAll(exported)].map(([, name = '']) => name);
        return names.filter((name) => !new RegExp(`\\b${name}\\b`).test(by)).map((name) => `${file}: ${name}`);
      });
    expect(unused).toEqual([]);
  });

  it('of tests stay in tests', () => {
    expect(shipped.filter((file) => importsOf(file).some((target) => isTest(`${target}.ts`)))).toEqual([]);
  });
});

describe('zod', () => {
  const VALUES =
    /^(?:import|export)\s+(?!type\b)([^;'"]*?)\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;
  const resolved = (file: string): string | null =>
    [`${file}.ts`, `${file}.tsx`, `${file}/index.ts`].find((path) => text.has(path)) ?? null;
  /** What a file loads when it runs: imports of types alone are gone by then. */
  const loads = (file: string): string[] =>
    [...code(file).matchAll(VALUES)].flatMap(([, names = '', a, b, c]) => {
      const target = a ?? b ?? c ?? '';
      const list =
        /\{([^}]*)\}/
          .exec(names)?.[1]
          ?.split(',')
          .map((name) => name.trim()) ?? [];
      const isTypes = names.trim().startsWith('{') && list.every((name) => name === '' || name.startsWith('type '));
      if (isTypes) return [];
      if (target.startsWith('@/')) return [target.slice(2)];
      return target.startsWith('.') ? [relative(ROOT, resolve(ROOT, dirname(file), target))] : [target];
    });

  it('is never loaded by a screen: the browser knows the contract as types, and its numbers and paths', () => {
    const seen = new Map<string, string>();
    const queue = shipped.filter((file) => /^(lib\/client|components)\//.test(file));
    for (const file of queue)
      for (const target of loads(file)) {
        const next = target === 'zod' ? 'zod' : resolved(target);
        if (next === null || seen.has(next)) continue;
        seen.set(next, file);
        if (next !== 'zod') queue.push(next);
      }
    expect(seen.has('lib/contract/paths.ts')).toBe(true);
    expect(seen.get('zod') ?? null).toBeNull();
  });
});

describe('a text for people', () => {
  it('is the one of the language, not the node of a page that has the same name', () => {
    const uses = /[:<|(] ?(readonly )?Text\b(?![\w(:])/;
    const lacking = shipped.filter((file) => {
      const source = code(file).replace(/'[^'\n]*'|`[^`]*`/g, "''");
      return uses.test(source) && !/\b(import|export)\b[^;]*\bText\b[^;]*;|type Text\b/.test(source);
    });
    expect(lacking).toEqual([]);
  });
});

describe('the core', () => {
  const core = shipped.filter((file) => /^lib\/(language|domain|telling)\//.test(file));

  it('imports nothing but itself: no node module, and no package', () => {
    const foreign = core.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('lib/'))
        .map((target) => `${file} imports ${target}`),
    );
    expect(foreign).toEqual([]);
  });

  it('has no clock, no chance, no process, no socket, no console', () => {
    const impure =
      /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\)|\bprocess\.|\bperformance\.|\bfetch\(|\bsetTimeout\b|\bsetInterval\b|\bconsole\.|\bcrypto\./;
    expect(where(core, (source) => impure.test(bare(source)))).toEqual([]);
  });
});

describe('the DCS', () => {
  const behind = shipped.filter(
    (file) => /^lib\/(domain|telling|contract)\//.test(file) && !/\/(testdata|testkit)\b/.test(file),
  );

  it('is a port: behind lib/io no file names a product but the table of kinds', () => {
    const product = /etcd|zookeeper|consul\b|kubernetes/i;
    const named = behind.filter((file) => product.test(text.get(file) ?? ''));
    expect(named).toEqual(['lib/domain/dcs-kind.ts']);
  });

  it('says which of two versions is newer in one file: nobody else counts with them', () => {
    // Addresses of 128 bits are no versions.
    const counting = where(behind, (source) => /\bBigInt\b/.test(source));
    expect(counting.filter((file) => file !== 'lib/domain/config/check-hba.ts')).toEqual(['lib/domain/key-version.ts']);
  });
});

describe('the screens', () => {
  it('ask the cache through one door, which answers as the server did until a page has woken up', () => {
    const asks = /\buse(Suspense)?(Infinite)?Query\b[^;]*from '@tanstack\/react-query'/;
    const screens = shipped.filter(
      (file) => /^(lib\/client|components)\//.test(file) && file !== 'lib/client/live/query.ts',
    );
    expect(where(screens, (source) => asks.test(source))).toEqual([]);
  });
});

describe('files', () => {
  it('are kebab-case', () => {
    const name = /^[a-z0-9-]+(\.(test|spec|lab|config|d))?\.tsx?$/;
    expect(files.filter((file) => !name.test(file.split('/').at(-1) ?? ''))).toEqual([]);
  });

  it('are named after a thing, never utils, helpers, common, misc or types, and are no barrels', () => {
    expect(files.filter((file) => /\/(utils?|helpers?|common|misc|types|index)(\.test)?\.tsx?$/.test(file))).toEqual(
      [],
    );
  });

  it('of lib stay below 450 lines', () => {
    const long = files.filter(
      (file) => file.startsWith('lib/') && !isTest(file) && (text.get(file) ?? '').split('\n').length > 450,
    );
    expect(long).toEqual([]);
  });

  it('of domain, io and server open with what they own, unless they are trivial', () => {
    const silent = shipped.filter((file) => {
      const source = text.get(file) ?? '';
      return (
        /^lib\/(language|domain|telling|io|server)\//.test(file) &&
        source.split('\n').length > 10 &&
        !/^(\/\/|\/\*)/.test(source)
      );
    });
    expect(silent).toEqual([]);
  });
});

describe('nobody writes', () => {
  it('any, a non-null assertion, or a comment that silences the compiler', () => {
    const forbidden = /(:|<|\bas|\|)\s*any\b|@ts-(ignore|nocheck|expect-error)/;
    const silenced = files.filter((file) => !file.startsWith('lib/tidy') && forbidden.test(text.get(file) ?? ''));
    expect(silenced).toEqual([]);
    expect(
      where(
        files.filter((file) => !file.startsWith('lib/tidy')),
        (source) => /[\w)\]]!(\.|\[|;|,|\))/.test(bare(source)),
      ),
    ).toEqual([]);
  });

  it('paths of the machine it was written on', () => {
    const parent = dirname(ROOT);
    const machine = new RegExp(`/home/[a-z]|/Users/|${parent.length > 1 ? `['"\`( ]${parent}/` : '/nowhere'}`);
    expect(files.filter((file) => !file.startsWith('lib/tidy') && machine.test(text.get(file) ?? ''))).toEqual([]);
  });

  it('emoji', () => {
    expect(files.filter((file) => /\p{Emoji_Presentation}/u.test(text.get(file) ?? ''))).toEqual([]);
  });
});

describe('the walks of docs/architecture.md', () => {
  it('name files that are there, and what is in them', () => {
    const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const steps = [...page.matchAll(/`([\w./[\]-]+\.(?:tsx?|js))`:`([#\w]+)`/g)];
    expect(steps.length).toBeGreaterThan(25);
    const lost = steps.filter(([, file = '', name = '']) => {
      const path = join(ROOT, file);
      return !existsSync(path) || !new RegExp(`(^|[^\\w#])${name}\\b`, 'm').test(readFileSync(path, 'utf8'));
    });
    expect(lost.map(([step]) => step)).toEqual([]);
  });
});

describe('findings', () => {
  it('have exactly one rule for each code, with a meaning', () => {
    expect(FINDING_RULES.map((rule) => rule.code).sort()).toEqual([...FINDING_CODES].sort());
    for (const rule of FINDING_RULES) expect(rule.meaning.length).toBeGreaterThan(20);
  });

  it('have a section each in docs/findings.md', () => {
    const page = readFileSync(join(ROOT, 'docs/findings.md'), 'utf8');
    expect(FINDING_CODES.filter((entry) => !new RegExp(`^### \`?${entry}\`?$`, 'm').test(page))).toEqual([]);
  });
});
