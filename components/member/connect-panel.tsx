'use client';
import { connectLines } from '@/lib/client/member/connect';
import { t } from '@/lib/client/words/text';
import type { Member } from '@/lib/domain/cluster';
import { Command } from '../ui/command';
import { FactList } from '../ui/fact-list';
import { Panel } from '../ui/panel';

export function ConnectPanel({ member }: { member: Member }) {
  const { psql, dsn, curl } = connectLines(member);
  const { host, port, apiUrl } = member;
  const lines = [psql, curl].filter((line) => line !== null);
  return (
    <Panel title={t('Connect')} aside={t('paste into a shell')} bodyClassName="grid gap-2 px-3.5 py-2.5">
      {lines.map((line) => (
        <Command key={line} text={line} />
      ))}
      {dsn !== null && <Command text={dsn} prompt={false} />}
      {psql === null && host !== null && (
        <p className="text-12 text-f2">{t('No command is made of this address: a shell could read it as more.')}</p>
      )}
      <FactList
        facts={[
          { label: 'PostgreSQL', value: host === null ? null : `${host}, ${port ?? t('port unknown')}`, mono: true },
          { label: 'REST', value: apiUrl, mono: true },
        ]}
      />
    </Panel>
  );
}
