'use client';
import { useConfig } from '@/lib/client/live/fetch';
import { t, tn, wire } from '@/lib/client/words/text';
import { diffConfig, leafName, leafText } from '@/lib/domain/config/diff';
import type { JsonObject } from '@/lib/domain/wire/loose';
import { Icon } from '../ui/icon';

/** What another document would change in the one that is stored now. */
export function ConfigChanges({ scope, next }: { scope: string; next: JsonObject }) {
  const config = useConfig(scope);
  if (config.data === undefined) {
    return (
      <p className="mt-2 text-12 text-f2">
        {config.isError ? t('What it would change is not known: the configuration could not be read.') : ''}
      </p>
    );
  }
  const changes = diffConfig(config.data.value, next);
  return (
    <div className="mt-2">
      <p className="text-12 text-f2">{tn(changes.length, '{n} setting changes', '{n} settings change')}</p>
      <ul className="max-h-60 overflow-y-auto font-mono text-12 text-f0">
        {changes.map(({ path, before, after }) => (
          <li key={leafName(path)} className="break-all py-0.5">
            {leafName(path)}: <s className="text-f2">{wire(leafText(before))}</s>{' '}
            <Icon name="arrow" size={11} className="inline text-f3" /> {wire(leafText(after))}
          </li>
        ))}
      </ul>
    </div>
  );
}
