// Who asks before something is open waits, and learns why it is not.
import { expect, it } from 'vitest';
import { Opening } from './opening';
import { Refusal } from './route';

it('what is being opened is waited for, and looked at without waiting', async () => {
  let open = (_value: string): void => undefined;
  const opening = new Opening(
    new Promise<string>((resolve) => {
      open = resolve;
    }),
  );
  const asked = opening.value((why) => `not open: ${why}`);
  expect(opening.now()).toBeNull();
  open('the store');
  expect(await asked).toBe('the store');
  expect([opening.now(), opening.problem()]).toEqual(['the store', null]);
});

it('what could not be opened refuses everybody with the reason, and is no crash', async () => {
  const opening = new Opening(Promise.reject(new Error('the folder is read-only')));
  const error = await opening.value((why) => `not open: ${why}`).catch((thrown: unknown) => thrown);
  expect(Refusal.is(error) && error.body).toEqual({ code: 'not_ready', message: 'not open: the folder is read-only' });
  expect([opening.now(), opening.problem()]).toEqual([null, 'the folder is read-only']);
});
