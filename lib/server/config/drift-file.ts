// Reads `drift:` of howdah.yaml: how often members are compared, and what clusters should be like.
import { z } from 'zod';
import { DEFAULT_PROFILE } from '../../domain/drift/profile';
import { flag, maybe, named, number, section, text, where } from './yaml-schema';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_WORDS = 'a name of up to 64 letters, digits, dots, dashes and underscores';
const PROFILES_MAX = 100;
const SETTINGS_MAX = 50;
/** It stands in a statement. */
const SETTING = /^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/i;
const SETTINGS_WORDS = `a map of at most ${SETTINGS_MAX} settings of PostgreSQL and their values`;

const value = z
  .union([z.string(), z.number(), z.boolean()], 'a value as one writes it in postgresql.conf')
  .transform((written) => (written === true ? 'on' : written === false ? 'off' : String(written)));
const settings = z
  .record(z.string(), value, SETTINGS_WORDS)
  .refine((map) => Object.keys(map).every((name) => SETTING.test(name)), SETTINGS_WORDS)
  .refine((map) => Object.keys(map).length <= SETTINGS_MAX, SETTINGS_WORDS);

/** What it does not say is as in the one built in. */
const profile = section({
  name: text(NAME_WORDS, NAME),
  ...where,
  dataChecksums: maybe(flag, DEFAULT_PROFILE.dataChecksums),
  synchronousMode: maybe(flag),
  newestMinor: maybe(flag, DEFAULT_PROFILE.newestMinor),
  supportedMajor: maybe(flag, DEFAULT_PROFILE.supportedMajor),
  sameOnAllMembers: maybe(flag, DEFAULT_PROFILE.sameOnAllMembers),
  settings: maybe(settings, DEFAULT_PROFILE.settings),
});

const whole = section({
  /** Between two looks at a member. */
  everyMinutes: maybe(number('minutes', 1, 1440), 10),
  /** The first that fits a cluster counts. */
  profiles: maybe(named(profile, 'profile', PROFILES_MAX), []),
});

export type DriftSettings = Readonly<z.infer<typeof whole>>;
const DEFAULT_DRIFT: DriftSettings = whole.parse({});
export const drift = maybe(whole, DEFAULT_DRIFT);
