// Who asks before something is open waits, and learns why it is not.
import { expect, it } from 'vitest';
import { Opening } from './opening';
import { Refusal } from './route';

it('what is being opened is waited for, and looked at without waiting', async () => {
  let open = (_value: string): void => undefined;
  const opening = new Opening(
    () =>
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
  const opening = new Opening(() => Promise.reject(new Error('the folder is read-only')));
  const error = await opening.value((why) => `not open: ${why}`).catch((thrown: unknown) => thrown);
  expect(Refusal.is(error) && error.body).toEqual({ code: 'not_ready', message: 'not open: the folder is read-only' });
  expect([opening.now(), opening.problem()]).toEqual([null, 'the folder is read-only']);
});

it('what could not be opened is tried again until it can, and not after the end', async () => {
  let tries = 0;
  const open = async (): Promise<string> => {
    tries += 1;
    if (tries < 3) throw new Error(`full ${tries}`);
    return 'open';
  };
  const opening = new Opening(open, 5);
  await expect(opening.value((why) => why)).rejects.toMatchObject({ body: { message: 'full 1' } });
  await expect.poll(() => opening.now()).toBe('open');
  expect(await opening.value((why) => why)).toBe('open');
  expect([opening.problem(), tries]).toEqual([null, 3]);

  let failures = 0;
  const never = new Opening(async () => {
    failures += 1;
    throw new Error('full');
  }, 5);
  await expect.poll(() => failures).toBeGreaterThan(2);
  never.stop();
  const then = failures;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(failures).toBe(then);
});
