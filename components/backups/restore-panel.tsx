'use client';
import { useState } from 'react';
import type { Plan } from '@/lib/client/backups/backups';
import { momentInput, readMomentInput } from '@/lib/client/past/moment';
import { t, wire } from '@/lib/client/words/text';
import type { BackupsAnswer } from '@/lib/contract/backups';
import { TOOL_NAMES } from '@/lib/domain/backups/backup';
import { Button } from '../ui/button';
import { Command } from '../ui/command';
import { TextField } from '../ui/field';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

/** To a moment: which backup, which WAL, which commands. */
export function RestorePanel({
  answer,
  planAt,
  onPlan,
}: {
  answer: BackupsAnswer;
  planAt: number | null;
  onPlan: (at: number) => void;
}) {
  const [text, setText] = useState(() => momentInput(answer.newestAt ?? answer.at));
  const at = readMomentInput(text);
  return (
    <Panel title={t('Restore to a moment')} count={t('Howdah writes the commands, you run them')}>
      <div className="grid gap-3 px-3.5 py-3 text-12">
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (at !== null) onPlan(at);
          }}
        >
          <span className="min-w-0 grow">
            <TextField label={t('Moment')} type="datetime-local" value={text} onChange={setText} mono />
          </span>
          <Button type="submit" disabled={at === null}>
            {t('Plan')}
          </Button>
        </form>
        {planAt !== null && answer.plans?.map((plan) => <PlanText key={`${plan.tool} ${plan.name}`} plan={plan} />)}
      </div>
    </Panel>
  );
}

function PlanText({ plan }: { plan: Plan }) {
  return (
    <div className="grid gap-2">
      <p className="flex gap-2 text-f1">
        <SeverityIcon health={plan.possible ? 'note' : 'warning'} className="mt-0.5" />
        <span className="min-w-0 break-words">
          <span className="font-semibold text-f0">{`${TOOL_NAMES[plan.tool]} ${plan.name}`}</span> {wire(plan.text)}
        </span>
      </p>
      {plan.commands.map((command) => (
        <Command key={command} text={command} />
      ))}
      {plan.cautions.map((caution) => (
        <p key={String(caution)} className="text-f2">
          {wire(caution)}
        </p>
      ))}
    </div>
  );
}
