// How many members of a DCS may still fail before it has no quorum, by those that answer now, and what that means in words. Pure.
import { plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';

export interface Voter {
  readonly role: 'leader' | 'follower' | 'learner' | 'leaderless' | null;
  readonly votes: boolean | null;
  readonly answers: boolean | null;
}

export interface Votes {
  readonly voters: number;
  /** Answer now, as far as is known. */
  readonly answer: number;
  /** Of them nobody knows whether they answer. */
  readonly unsure: number;
  readonly quorum: number;
  /** Somebody who answers knows a leader: there is a quorum, whoever else is not seen. */
  readonly proved: boolean;
  /** More that may fail; negative: there is no quorum. */
  readonly margin: number;
}

export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;

/** null: it is not known who votes. */
export function marginOf(members: readonly Voter[]): Votes | null {
  if (members.length === 0 || members.some(({ votes }) => votes === null)) return null;
  const voting = members.filter(({ votes }) => votes === true);
  if (voting.length === 0) return null;
  // Who answers and knows no leader is in no quorum.
  const answer = voting.filter(({ answers, role }) => answers === true && role !== 'leaderless').length;
  const unsure = voting.filter(({ answers }) => answers === null).length;
  const quorum = quorumOf(voting.length);
  const proved = answer > 0;
  return { voters: voting.length, answer, unsure, quorum, proved, margin: answer - quorum };
}

/** One sentence, by the margin. */
export function marginWords(votes: Votes | null): Text {
  if (votes === null) return say`How many may fail is not known.`;
  const { margin, unsure, voters, proved } = votes;
  if (margin < 0 && margin + unsure >= 0 && proved) return say`There is a quorum; how many more may fail is not known.`;
  if (margin < 0 && margin + unsure >= 0) return say`Whether there is a quorum is not known.`;
  if (margin < 0) return say`No quorum: no leader can be elected.`;
  if (margin === 0 && unsure > 0) return say`One more loss may stop Patroni.`;
  if (margin === 0 && voters === 1) return say`One member alone: if it fails, Patroni stops.`;
  if (margin === 0) return say`One more loss and Patroni stops.`;
  if (margin === 1) return unsure > 0 ? say`One may fail, at least.` : say`One may fail.`;
  if (margin === 2) return say`Two may fail.`;
  return say`${margin} may fail.`;
}

/** `2 of 3 vote, quorum is 2`. */
export function votesWords({ voters, answer, quorum }: Votes): Text {
  return say`${answer} of ${plural(voters, 'voter')} answer, the quorum is ${quorum}`;
}
