import { describe, expect, it } from 'vitest';
import { createMailbox } from './mailbox';

describe('a call from anywhere on the page', () => {
  it('reaches the one who hears, and nobody after the end', () => {
    const mailbox = createMailbox<number>();
    const heard: number[] = [];
    const end = mailbox.hear((value) => void heard.push(value));
    mailbox.call(1);
    mailbox.call(2);
    end();
    mailbox.call(3);
    expect(heard).toEqual([1, 2]);
  });

  it('is not lost where the one who hears comes later: the newest is heard once', () => {
    const mailbox = createMailbox<number>();
    mailbox.call(1);
    mailbox.call(2);
    const heard: number[] = [];
    mailbox.hear((value) => void heard.push(value))();
    mailbox.hear((value) => void heard.push(value));
    expect(heard).toEqual([2]);
  });

  it('goes to the one who came last, although the one before ends after that', () => {
    const mailbox = createMailbox<number>();
    const heard: string[] = [];
    const first = mailbox.hear((value) => void heard.push(`first ${value}`));
    mailbox.hear((value) => void heard.push(`second ${value}`));
    first();
    mailbox.call(1);
    expect(heard).toEqual(['second 1']);
  });
});
