'use client';
import Link from 'next/link';
import { useState } from 'react';
import { readLabels } from '@/lib/client/access/words';
import { lookAtSource, useSourceOrders } from '@/lib/client/sources/sources';
import { t, tn } from '@/lib/client/words/text';
import type { FoundAnswer } from '@/lib/contract/sources';
import { Problem } from '../access/panel-states';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { Panel } from '../ui/panel';
import { useSending } from '../ui/use-sending';
import { FoundPanels } from './found-panels';
import { EMPTY_FORM, type Form, FromPanel, orderOf } from './from-panel';
import { CodeBox } from './missing-list';

const LABELS_LIKE = ['env=prod', 'region=eu-west'].join(', ');

interface Looked {
  readonly found: FoundAnswer;
  /** What was looked at: with another text it is no answer to what stands there now. */
  readonly form: Form;
}

/** From where, what was found there, and the one press that keeps it. */
export function AddPanels() {
  const orders = useSourceOrders();
  const looking = useSending();
  const adding = useSending();
  const [form, setForm] = useState<Form>(EMPTY_FORM);
  const [looked, setLooked] = useState<Looked | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [name, setName] = useState('');
  const [labels, setLabels] = useState('');
  const [added, setAdded] = useState<string | null>(null);
  const found = looked?.form === form ? looked.found : null;
  const read = readLabels(labels);

  const look = async (): Promise<void> => {
    const answer = await looking.run(() => lookAtSource(orderOf(form)));
    if (answer === null) return;
    setLooked({ found: answer.answer, form });
    setName(answer.answer.name);
    setLeft(new Set(answer.answer.scopes.flatMap(({ known, scope }) => (known === null ? [] : [scope]))));
    setAdded(null);
  };
  const chosen = found?.scopes.filter(({ scope }) => !left.has(scope)).map(({ scope }) => scope) ?? [];
  const add = async (): Promise<void> => {
    if (found?.trial == null || read === null) return;
    // All of them: what comes there later counts too.
    const isAll = found.kind === 'patroni' || chosen.length === found.scopes.length;
    const draft = { trial: found.trial, name: name.trim(), scopes: isAll ? null : chosen, labels: read };
    if ((await adding.run(() => orders.add(draft))) === null) return;
    setAdded(draft.name);
    setForm(EMPTY_FORM);
    setLooked(null);
    setLabels('');
  };
  const isNothing = found !== null && found.scopes.length > 0 && chosen.length === 0;
  return (
    <section
      aria-label={t('Add clusters')}
      className="grid min-w-0 grid-cols-1 items-start gap-3 xl:grid-cols-[450px_1fr]"
    >
      <div className="grid min-w-0 gap-3">
        <FromPanel form={form} onChange={setForm} isLooking={looking.isSending} onLook={() => void look()} />
        {found?.yaml != null && (
          <details className="min-w-0 rounded-panel border border-l1 bg-bg1 px-3.5 py-2.5">
            <summary className="cursor-pointer text-13 text-f1">{t('Or write it into howdah.yaml yourself')}</summary>
            <div className="mt-2">
              <CodeBox text={found.yaml} label={t('Copy the source for howdah.yaml')} />
            </div>
          </details>
        )}
      </div>
      <div className="grid min-w-0 gap-3" aria-live="polite">
        <Problem text={looking.problem} />
        {found === null ? (
          <Steps added={added} isOld={looked !== null && added === null} />
        ) : (
          <>
            <FoundPanels
              found={found}
              left={left}
              onLeft={setLeft}
              isLooking={looking.isSending}
              onLook={() => void look()}
            />
            {found.trial !== null && (
              <Panel title={t('Keep this source')}>
                <div className="grid gap-3 px-3.5 py-3 sm:grid-cols-2">
                  <TextField
                    label={t('Name of the source')}
                    value={name}
                    onChange={setName}
                    maxLength={64}
                    note={t('It stands behind the @ in the names of its clusters, but of the first source.')}
                  />
                  <TextField
                    label={t('Labels, to group and filter by')}
                    value={labels}
                    onChange={setLabels}
                    placeholder={LABELS_LIKE}
                    note={read === null ? t('Write labels as name=value, with commas between them.') : undefined}
                  />
                </div>
                <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-2 border-l1 border-t px-3.5 py-2.5">
                  <p className="min-w-0 grow basis-64 text-12 text-f2">
                    {found.scopes.length === 0
                      ? t('Nobody answered, so nothing can be shown of it but unknown. It can be added all the same.')
                      : t('It is kept in the data folder of Howdah, sealed, and watched at once.')}
                  </p>
                  <Problem text={adding.problem} />
                  <Button
                    kind="primary"
                    disabled={adding.isSending || isNothing || read === null || name.trim() === ''}
                    onClick={() => void add()}
                  >
                    {verbOf(chosen)}
                  </Button>
                </div>
              </Panel>
            )}
          </>
        )}
      </div>
    </section>
  );
}

function verbOf([first, ...more]: readonly string[]): string {
  if (first === undefined) return t('Add it');
  return more.length === 0
    ? t('Add {name}', { name: first })
    : tn(more.length, 'Add {name} and {n} more', 'Add {name} and {n} more', { name: first });
}

/** Before anything was found: what will happen, or what has. */
function Steps({ added, isOld }: { added: string | null; isOld: boolean }) {
  return (
    <section className="rounded-panel border border-l1 bg-bg1 px-4 py-4">
      {added !== null && (
        <p role="status" className="mb-3 text-f0">
          {t('{name} is watched now.', { name: added })}{' '}
          <Link href="/" className="underline underline-offset-2">
            {t('To the fleet')}
          </Link>
        </p>
      )}
      {isOld && <p className="mb-3 text-f1">{t('This was changed since it was looked at: look again.')}</p>}
      <ol className="grid gap-2 text-f1">
        <li>{t('1. Look: Howdah asks what is there, for a few seconds, and keeps nothing.')}</li>
        <li>{t('2. What is missing: who does not answer, and the command that grants each right.')}</li>
        <li>
          {t('3. Add: it is kept sealed in the data folder, and watched at once. What stands in the file comes first.')}
        </li>
      </ol>
    </section>
  );
}
