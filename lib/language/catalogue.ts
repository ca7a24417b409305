// The catalogue of a language: one file of ICU messages by their English form, in two halves of areas. The core's forms are said of
// what crosses the wire, the screens' of a screen's own words. Data only; who wants a language brings its file.
import { type Messages, speakerOf } from './speak';
import type { Speaker } from './speaker';

export interface Catalogue {
  readonly core: Readonly<Record<string, Messages>>;
  readonly screens: Readonly<Record<string, Messages>>;
}

/** Which areas a page loads; null: all of that half. */
export interface Areas {
  readonly core: readonly string[] | null;
  readonly screens: readonly string[] | null;
}

/** The same catalogue with no more than these areas. */
export function partOf({ core, screens }: Catalogue, areas: Areas): Catalogue {
  const only = (half: Catalogue['core'], names: readonly string[] | null): Catalogue['core'] =>
    names === null ? half : Object.fromEntries(Object.entries(half).filter(([name]) => names.includes(name)));
  return { core: only(core, areas.core), screens: only(screens, areas.screens) };
}

/** Forms of the core are looked for before those of screens where both have one. */
export function speakerFrom(language: string, { core, screens }: Catalogue): Speaker {
  const messages = new Map([...Object.values(screens), ...Object.values(core)].flatMap((area) => Object.entries(area)));
  return speakerOf(language, (form) => messages.get(form) ?? null);
}
