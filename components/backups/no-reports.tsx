import { t } from '@/lib/client/words/text';
import { Command } from '../ui/command';
import { Panel } from '../ui/panel';

/** Nothing is known: how it becomes known. */
export function NoReports({ scope }: { scope: string }) {
  return (
    <Panel title={t('No report of backups')}>
      <div className="grid gap-2 px-3.5 py-3 text-12">
        <p className="text-unknown">
          {t('Whether {scope} has backups is not known: nobody has reported any.', { scope })}
        </p>
        <p className="text-f1">
          {t(
            'Let the job that makes them report what it has, with a token of backups.push in howdah.yaml, or name a place to ask in backups.pull.',
          )}
        </p>
        <Command text="pgbackrest info --output=json | howdah backups push" />
        <Command
          text={`barman -f json list-backups all | howdah backups push --cluster '${scope.replaceAll("'", '')}'`}
        />
        <Command text="wal-g backup-list --detail --json | howdah backups push" />
      </div>
    </Panel>
  );
}
