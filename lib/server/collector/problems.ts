// What keeps a source from being read whole, in words for the fleet.
import { dcsName } from '../../domain/dcs-kind';
import type { DcsWatch } from '../../io/dcs/port';
import { SCOPES_MAX } from '../../io/dcs/view';
import { plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { SourceConfig } from '../config/config';

export function problemsOf(source: {
  readonly config: Pick<SourceConfig, 'name' | 'dcs'>;
  readonly watch: Pick<DcsWatch, 'error' | 'listed' | 'denied' | 'refused'> | null;
  readonly owned: ReadonlyMap<string, unknown>;
  readonly seedErrors: ReadonlyMap<string, Text>;
}): { readonly source: string; readonly text: Text }[] {
  const problems: { source: string; text: Text }[] = [...source.seedErrors].map(([seed, text]) => ({
    source: source.config.name,
    text: say`${seed}: ${text}`,
  }));
  const name = source.config.dcs === null ? '' : dcsName(source.config.dcs.kind);
  if (source.watch?.error)
    problems.unshift({ source: source.config.name, text: say`${name}: ${source.watch.error.message}` });
  else if (source.watch?.listed && source.owned.size === 0) {
    problems.push({
      source: source.config.name,
      text: say`${name} answers, but there is no cluster below ${source.config.dcs?.namespace ?? ''}`,
    });
  }
  if (source.watch?.denied && !source.watch.error)
    problems.push({ source: source.config.name, text: say`${name}: ${source.watch.denied.message}` });
  const left = source.watch?.refused ?? 0;
  if (left > 0)
    problems.push({
      source: source.config.name,
      text: say`${name}: ${plural(left, 'key')} below ${source.config.dcs?.namespace ?? ''} left out: names of more than 200 characters or with control characters, or more than ${SCOPES_MAX} scopes`,
    });
  return problems;
}
