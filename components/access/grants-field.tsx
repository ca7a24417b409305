'use client';
import { useState } from 'react';
import { type GrantDraft, grantDraftOf, readGrant, roleNote, roleOptions } from '@/lib/client/access/words';
import { t } from '@/lib/client/words/text';
import { type Grant, ROLES, type Role } from '@/lib/domain/access/access';
import { Button } from '../ui/button';
import { SelectField, TextField } from '../ui/field';
import { Segmented } from '../ui/segmented';

export interface GrantsDraft {
  readonly drafts: readonly GrantDraft[];
  readonly set: (drafts: readonly GrantDraft[]) => void;
  /** The grants as they are typed, or what is wrong with the first that is none. */
  readonly read: () => { readonly grants: readonly Grant[]; readonly problem: string | null };
}

export function useGrants(initial: readonly Grant[]): GrantsDraft {
  const [drafts, set] = useState<readonly GrantDraft[]>(() =>
    initial.map((grant, index) => grantDraftOf(grant, String(index))),
  );
  const read = () => {
    const all = drafts.map(readGrant);
    const grants = all.flatMap(({ grant }) => (grant === null ? [] : [grant]));
    return { grants, problem: all.find(({ problem }) => problem !== null)?.problem ?? null };
  };
  return { drafts, set, read };
}

const roleOf = (text: string): Role => ROLES.find((role) => role === text) ?? 'viewer';

/** Roles, and where each counts. `upTo`: nobody gives more than they have. */
export function GrantsField({ grants, upTo = 'admin' }: { grants: GrantsDraft; upTo?: Role }) {
  const { drafts, set } = grants;
  const change = (key: string, part: Partial<GrantDraft>) =>
    set(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const add = () => {
    const key = String(1 + Math.max(-1, ...drafts.map((draft) => Number(draft.key))));
    set([...drafts, { key, role: 'viewer', where: 'some', names: '', labels: '' }]);
  };
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="mb-1.5 text-12 text-f1">{t('Roles')}</legend>
      {drafts.length === 0 && <p className="text-12 text-f2">{t('No role: this account sees nothing.')}</p>}
      {drafts.map((draft) => (
        <div key={draft.key} className="grid min-w-0 gap-2.5 rounded-panel border border-l1 px-3 py-2.5">
          <div className="flex flex-wrap items-end gap-2.5">
            <div className="w-36">
              <SelectField
                label={t('Role')}
                value={draft.role}
                onChange={(role) => change(draft.key, { role: roleOf(role) })}
                options={roleOptions(upTo)}
              />
            </div>
            <Segmented
              label={t('Where it applies')}
              options={[
                { value: 'all', word: t('All clusters') },
                { value: 'some', word: t('Some') },
              ]}
              value={draft.where}
              onChange={(where) => change(draft.key, { where })}
            />
            <Button kind="quiet" className="ml-auto" onClick={() => set(drafts.filter((one) => one.key !== draft.key))}>
              {t('Remove')}
            </Button>
          </div>
          <p className="text-12 text-f2">{roleNote(draft.role)}</p>
          {draft.where === 'some' && (
            <div className="grid gap-2.5 md:grid-cols-2">
              <TextField
                label={t('Clusters by name')}
                value={draft.names}
                onChange={(names) => change(draft.key, { names })}
                placeholder={t('orders, billing-*')}
                note={t('Commas between; * stands for whatever text. Empty: by label only.')}
              />
              <TextField
                label={t('and by label')}
                value={draft.labels}
                onChange={(labels) => change(draft.key, { labels })}
                placeholder={t('env=prod')}
                note={t('All of them must be there. Empty: by name only.')}
              />
            </div>
          )}
        </div>
      ))}
      <Button className="justify-self-start" onClick={add}>
        {t('Add a role')}
      </Button>
    </fieldset>
  );
}
