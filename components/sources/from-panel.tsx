'use client';
import { type DragEvent, useId, useState } from 'react';
import { form, t } from '@/lib/client/words/text';
import { SOURCE_TEXT_MAX } from '@/lib/contract/limits';
import type { LookOrder } from '@/lib/contract/sources';
import { Button } from '../ui/button';
import { SelectField, TextField } from '../ui/field';
import { Panel } from '../ui/panel';
import { Segmented } from '../ui/segmented';

export interface Form {
  readonly way: 'text' | 'address';
  readonly text: string;
  readonly address: string;
  readonly kind: NonNullable<LookOrder['kind']>;
  readonly namespace: string;
  readonly ca: string;
  readonly dcsUser: string;
  readonly dcsPassword: string;
  readonly restUser: string;
  readonly restPassword: string;
  readonly sqlUser: string;
  readonly sqlPassword: string;
}

export const EMPTY_FORM: Form = {
  ...{ way: 'text', text: '', address: '', kind: 'auto', namespace: '', ca: '', dcsUser: '', dcsPassword: '' },
  ...{ restUser: '', restPassword: '', sqlUser: '', sqlPassword: '' },
};

/** What such a text looks like: no words. */
const LIKE = {
  file: ['scope: orders', 'etcd3:', '  hosts: etcd-1:2379,etcd-2:2379'].join('\n'),
  address: 'http://10.0.0.11:2379',
  namespace: '/service/',
  ca: ['-----BEGIN', 'CERTIFICATE-----'].join(' '),
} as const;

const KINDS = [
  { value: 'auto', word: form('by its port') },
  { value: 'patroni', word: form('Patroni REST API') },
  { value: 'etcd3', word: form('etcd') },
  { value: 'consul', word: form('Consul') },
  { value: 'zookeeper', word: form('ZooKeeper') },
] as const;

/** What is empty is not sent. */
export function orderOf(form: Form): LookOrder {
  const pair = (username: string, password: string) =>
    username === '' && password === ''
      ? null
      : { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
  const dcs = pair(form.dcsUser, form.dcsPassword);
  const rest = pair(form.restUser, form.restPassword);
  const sql = pair(form.sqlUser, form.sqlPassword);
  return {
    ...(form.way === 'text' ? { text: form.text } : { address: form.address, kind: form.kind }),
    ...(form.way === 'address' && form.namespace !== '' ? { namespace: form.namespace } : {}),
    ...(form.ca === '' ? {} : { ca: form.ca }),
    ...(dcs === null ? {} : { dcs }),
    ...(rest === null ? {} : { rest }),
    ...(sql === null ? {} : { sql }),
  };
}

interface FromPanelProps {
  readonly form: Form;
  readonly onChange: (form: Form) => void;
  readonly isLooking: boolean;
  readonly onLook: () => void;
}

export function FromPanel({ form, onChange, isLooking, onLook }: FromPanelProps) {
  const set = <K extends keyof Form>(key: K, value: Form[K]): void => onChange({ ...form, [key]: value });
  const isEmpty = (form.way === 'text' ? form.text : form.address).trim() === '';
  return (
    <Panel
      title={t('From where')}
      aside={
        <Segmented
          label={t('From where')}
          options={[
            { value: 'text', word: t('Paste a file') },
            { value: 'address', word: t('Type an address') },
          ]}
          value={form.way}
          onChange={(way) => set('way', way)}
        />
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isEmpty && !isLooking) onLook();
        }}
      >
        {form.way === 'text' ? (
          <FileField text={form.text} onText={(text) => set('text', text)} />
        ) : (
          <div className="grid gap-3 px-3.5 py-3">
            <TextField
              label={t('Address')}
              value={form.address}
              onChange={(address) => set('address', address)}
              placeholder={LIKE.address}
              note={t('Of one member of Patroni, or of its DCS; several with commas.')}
              maxLength={1000}
              mono
            />
            <SelectField
              label={t('What it is')}
              value={form.kind}
              onChange={(kind) => set('kind', kind as Form['kind'])}
              options={KINDS.map(({ value, word }) => ({ value, word: t(word) }))}
            />
            <TextField
              label={t('Namespace')}
              value={form.namespace}
              onChange={(namespace) => set('namespace', namespace)}
              placeholder={LIKE.namespace}
              mono
            />
          </div>
        )}
        <details className="border-l1 border-t px-3.5 py-2.5">
          <summary className="cursor-pointer text-13 text-f1">{t('As whom Howdah asks, and the CA')}</summary>
          <div className="mt-2.5 grid gap-3">
            <p className="text-12 text-f2">
              {t(
                'What is typed here stays in the memory of this page and of this look until you add it; then it is sealed.',
              )}
            </p>
            <Pair
              user={t('SQL role')}
              password={t('Its password')}
              values={[form.sqlUser, form.sqlPassword]}
              onUser={(value) => set('sqlUser', value)}
              onPassword={(value) => set('sqlPassword', value)}
            />
            <Pair
              user={t("User of Patroni's REST API")}
              password={t('Its password')}
              values={[form.restUser, form.restPassword]}
              onUser={(value) => set('restUser', value)}
              onPassword={(value) => set('restPassword', value)}
            />
            <Pair
              user={t('User of the DCS')}
              password={t('Its password or token')}
              values={[form.dcsUser, form.dcsPassword]}
              onUser={(value) => set('dcsUser', value)}
              onPassword={(value) => set('dcsPassword', value)}
            />
            <CaField value={form.ca} onChange={(ca) => set('ca', ca)} />
          </div>
        </details>
        <div className="flex justify-end border-l1 border-t px-3.5 py-2.5">
          <Button type="submit" kind="primary" icon="search" disabled={isEmpty || isLooking}>
            {isLooking ? t('Looking…') : t('Look')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

const AREA =
  'block w-full min-w-0 resize-y rounded-control border border-l2 bg-bg0 px-2.5 py-1.5 font-mono text-12 text-f0 hover:border-l3 pointer-coarse:text-15';

function FileField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const take = (file: File | undefined): void => {
    if (file === undefined) return;
    const isLarge = file.size > SOURCE_TEXT_MAX;
    setProblem(isLarge ? t('{name} is too large for a file of Patroni.', { name: file.name }) : null);
    if (!isLarge) void file.text().then(onText);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div className="grid gap-2 px-3.5 py-3">
      <label htmlFor={id} className="text-12 text-f1">
        {t('A patronictl or Patroni file: paste it, or drop it here')}
      </label>
      <textarea
        id={id}
        value={text}
        rows={14}
        maxLength={SOURCE_TEXT_MAX}
        spellCheck={false}
        autoCapitalize="off"
        placeholder={LIKE.file}
        onChange={(event) => onText(event.target.value)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`${AREA} ${isOver ? 'border-accent' : ''}`}
      />
      {problem !== null && (
        <p role="alert" className="text-12 text-warning">
          {problem}
        </p>
      )}
      <label className="inline-flex min-h-[30px] w-fit cursor-pointer items-center rounded-control border border-l2 bg-bg2 px-3 py-1 font-medium text-13 text-f0 hover:border-l3 has-focus-visible:border-accent pointer-coarse:min-h-11">
        {t('Choose a file…')}
        <input
          type="file"
          accept=".yml,.yaml,text/*"
          className="sr-only"
          onChange={(event) => take(event.target.files?.[0])}
        />
      </label>
    </div>
  );
}

function CaField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-12 text-f1">
        {t('CA, as text: in place of each certificate file that is named')}
      </label>
      <textarea
        id={id}
        value={value}
        rows={3}
        maxLength={SOURCE_TEXT_MAX}
        spellCheck={false}
        placeholder={LIKE.ca}
        onChange={(event) => onChange(event.target.value)}
        className={AREA}
      />
    </div>
  );
}

interface PairProps {
  readonly user: string;
  readonly password: string;
  readonly values: readonly [string, string];
  readonly onUser: (value: string) => void;
  readonly onPassword: (value: string) => void;
}

function Pair({ user, password, values, onUser, onPassword }: PairProps) {
  return (
    <div className="grid min-w-0 grid-cols-2 items-end gap-2">
      <TextField label={user} value={values[0]} onChange={onUser} maxLength={200} />
      <PasswordField label={password} about={user} value={values[1]} onChange={onPassword} />
    </div>
  );
}

/** No password of the person's own: no manager shall offer one. */
function PasswordField({
  label,
  about,
  value,
  onChange,
}: {
  label: string;
  about: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-12 text-f1">
        {label}
        <span className="sr-only">, {about}</span>
      </label>
      <input
        id={id}
        type="password"
        value={value}
        maxLength={1000}
        autoComplete="new-password"
        onChange={(event) => onChange(event.target.value)}
        className="min-h-[34px] w-full min-w-0 rounded-control border border-l2 bg-bg0 px-2.5 text-13 text-f0 hover:border-l3 pointer-coarse:min-h-11 pointer-coarse:text-15"
      />
    </div>
  );
}
