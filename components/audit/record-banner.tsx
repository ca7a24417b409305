'use client';
import { useId, useState } from 'react';
import { useMay } from '@/lib/client/access/me';
import { acknowledgeRecord } from '@/lib/client/past/audit';
import { t, wire } from '@/lib/client/words/text';
import type { AuditAnswer } from '@/lib/contract/actions';
import { REASON_MAX } from '@/lib/contract/limits';
import { SmallDialog } from '../access/small-dialog';
import { Button } from '../ui/button';
import { TextAreaField } from '../ui/field';
import { SeverityIcon } from '../ui/glyph';
import { useSending } from '../ui/use-sending';

/** What was found of the record itself. It stays until somebody with the right has acknowledged it. */
export function RecordBanner({
  breaches,
  onDone,
}: {
  breaches: AuditAnswer['journal']['breaches'];
  onDone: () => void;
}) {
  const title = useId();
  const locked = useMay('acknowledge_record', null);
  const [isOpen, setOpen] = useState(false);
  if (breaches.length === 0) return null;
  return (
    <section
      aria-labelledby={title}
      className="bar-critical mb-3 flex flex-wrap items-start gap-x-3 gap-y-2 rounded-panel border border-l1 bg-critical-tint px-3.5 py-2.5"
    >
      <SeverityIcon health="critical" className="mt-0.5" />
      <div className="min-w-0 grow basis-72">
        <h2 id={title} className="font-semibold text-f0">
          {t('The audit record is broken')}
        </h2>
        <ul className="grid gap-1 text-12 text-f1">
          {breaches.map(({ id, file, found }) => (
            <li key={id} className="break-words">
              {file !== null && <code className="text-f0">{file}</code>} {found.map(wire).join('; ')}
            </li>
          ))}
        </ul>
        <p className="mt-1 text-12 text-f2">
          {t('Keep the files and find out who could write them. It is said here until somebody acknowledges it.')}
        </p>
      </div>
      <Button onClick={() => setOpen(true)} locked={locked}>
        {t('Acknowledge…')}
      </Button>
      {isOpen && (
        <AcknowledgeDialog
          ids={breaches.map(({ id }) => id)}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      )}
    </section>
  );
}

function AcknowledgeDialog({
  ids,
  onClose,
  onDone,
}: {
  ids: readonly string[];
  onClose: () => void;
  onDone: () => void;
}) {
  const [reason, setReason] = useState('');
  const { isSending, problem, run } = useSending();
  const send = async (): Promise<void> => {
    if ((await run(() => acknowledgeRecord({ breaches: [...ids], reason }))) !== null) onDone();
  };
  return (
    <SmallDialog
      title={t('Acknowledge what was found of the record')}
      note={t('Your name, the reason and what was found become an entry of the journal.')}
      verb={t('Acknowledge')}
      isSending={isSending}
      problem={problem}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <TextAreaField label={t('Reason')} value={reason} onChange={setReason} maxLength={REASON_MAX} />
    </SmallDialog>
  );
}
