import { form, t } from '@/lib/client/words/text';
import type { Backup } from '@/lib/domain/backups/backup';

const KINDS: Readonly<Record<Backup['kind'], string>> = {
  full: form('full'),
  differential: form('differential'),
  incremental: form('incremental'),
};
const STATES: Readonly<Record<Backup['state'], string>> = {
  good: form('good'),
  partial: form('waits for WAL'),
  failed: form('failed'),
  running: form('running'),
};

export const kindWord = (kind: Backup['kind']): string => t(KINDS[kind]);
export const stateWord = (state: Backup['state']): string => t(STATES[state]);
