// The rule about values that make a Patroni refuse this and all later configurations (refusals.ts), as problems of the editor.
import { say } from '../../language/sentence';
import { patroniBoolean } from '../wire/loose';
import { type Path, valueAt } from './diff';
import { type ConfigMember, namesWithVersion } from './facts';
import { type PatroniKey, patroniKey } from './patroni-keys';
import { type CheckContext, type Fix, type Found, found, remove, setTo } from './problem';
import { type Refusal, refusalsOf } from './refusals';

/** `1MB` for a key that takes bytes, `5min` for one that takes seconds; null: no such text. */
export function withUnit(value: unknown, unit: PatroniKey['unit']): number | null {
  const [, digits, name] = /^\s*(\d+)\s*([a-zA-Z]+)\s*$/.exec(String(value)) ?? [];
  const sizes =
    unit === 'bytes' ? { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } : { s: 1, min: 60, h: 3600, d: 86400 };
  const size = Object.entries(sizes).find(([key]) => key === name?.toLowerCase())?.[1];
  return unit === null || size === undefined ? null : Number(digits) * size;
}

/** Said once a place, with the members that it concerns. */
export function refusals(context: CheckContext): readonly Found[] {
  const { members } = context.facts;
  const asked = members.length === 0 ? [null] : members;
  const places = new Map<string, { readonly refusal: Refusal; readonly names: (ConfigMember | null)[] }>();
  for (const member of asked)
    for (const refusal of refusalsOf(context.value, member?.patroniVersion ?? null)) {
      const key = refusal.path.join('\n');
      const place = places.get(key) ?? { refusal, names: [] };
      places.set(key, place);
      place.names.push(member);
    }
  return [...places.values()].map(({ refusal: { path, why }, names }) => {
    const who = names.flatMap((member) => member ?? []);
    const text =
      who.length === members.length
        ? say`${why}: Patroni would refuse this and all later changes of the configuration`
        : say`${why}: ${namesWithVersion(who)} would refuse this and all later changes of the configuration`;
    return found('error', 'blocks_configuration', path, text, refusalFix(context, path));
  });
}

function refusalFix({ value: document }: CheckContext, path: Path): Fix {
  const row = patroniKey(path);
  const value = valueAt(document, path);
  const near = row === null || value === null ? null : withUnit(value, row.unit);
  if (near !== null) return setTo(path, near);
  if (row?.type === 'boolean' && patroniBoolean(value) !== null) return setTo(path, patroniBoolean(value));
  const fallback = row?.fallback ?? null;
  return fallback === null || row?.type !== 'integer' ? remove(path) : setTo(path, Number(fallback));
}
