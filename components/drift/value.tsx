'use client';
import type { ValueCell } from '@/lib/client/drift/drift';
import { t } from '@/lib/client/words/text';
import { originWord } from './drift-words';

/** A value with whose word it is below. */
export function Value({ value, odd = false }: { value: ValueCell; odd?: boolean }) {
  const { shown, hidden, origin, file, line, pendingRestart } = value;
  return (
    <>
      <span className={`break-all font-mono ${odd ? 'font-semibold text-f0' : 'text-f1'}`}>
        {hidden ? <span className="font-sans text-f3">{t('hidden')}</span> : (shown ?? t('unknown')) || "''"}
      </span>
      <span className="block text-11 text-f3">
        {origin !== null && (origin === 'file' && file !== null ? file : originWord(origin))}
        {line !== null && origin !== 'patroni' && t(', line {n}', { n: line })}
        {pendingRestart && <span className="text-warning">{t(', waits for a restart')}</span>}
      </span>
    </>
  );
}
