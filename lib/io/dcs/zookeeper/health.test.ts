import { describe, expect, it } from 'vitest';
import { namesOf } from './health';

describe('the names of the ensemble', () => {
  it('stand beside host and client address', () => {
    const config =
      'server.1=zk1:2888:3888:participant;0.0.0.0:2181\nserver.2=[fd00::2]:2888:3888:observer;[fd00::2]:2181\nversion=100000000';
    expect([...namesOf(config)]).toEqual([
      ...[['zk1', 'server.1'] as const, ['0.0.0.0:2181', 'server.1'] as const],
      ...[['[fd00::2]', 'server.2'] as const, ['[fd00::2]:2181', 'server.2'] as const],
    ]);
  });

  it('are looked for in no line longer than a line is, nor in more than there are servers', () => {
    // With a pattern that goes back over a mebibyte these took days.
    const digits = `server.1=a:1:${'1'.repeat(1_000_000)} x`;
    const brackets = 'server.1=['.repeat(100_000);
    const many = Array.from({ length: 100_000 }, (_, at) => `server.${at}=h${at}:1:1;c${at}:1`).join('\n');
    expect([namesOf(digits).size, namesOf(brackets).size, namesOf(`${brackets}\n${digits}`).size]).toEqual([0, 0, 0]);
    expect(namesOf(many).size).toBe(200);
  });
});
