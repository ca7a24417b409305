// A session that was asked to end. PostgreSQL's `true` means that a signal was sent, not that anything ended: it is over when the
// session is seen to be gone, of a cancel when its statement is. Pure.

import { say } from '../../language/sentence';
import type { RequestOf } from './action';
import { end, type FollowContext, type Followed, Tally } from './follower';
import { answerText, readAnswer } from './rest-answer';

/** Rolling back what it did may take longer; then it says so. */
const LIMIT_MS = 30_000;
/** Without an answer for so long there will be none: Howdah was restarted in between. */
const UNHEARD_MS = 10_000;
/** Between the reading and the answer to it. */
const ROUND_MS = 100;

export function followSession(context: FollowContext): Followed {
  const { request, answer, sent, snapshot, extra } = context;
  const tally = new Tally(context);
  if (request.kind !== 'end_session') return tally.followed(null);
  const name = say`pid ${request.pid} on ${request.member}`;
  const kind = readAnswer(answer);
  if (kind === 'unsent' || kind === 'refused') {
    tally.add('ended', answer?.text ?? null, 'failed');
    return tally.followed(null, end('refused', say`Nothing was done to ${name}: ${answer?.text ?? say`no answer`}.`));
  }
  // A session that was never there is gone too: whether anything was done to it says the answer.
  const isHeard = answer !== null || snapshot.observedAt - sent.at > UNHEARD_MS;
  const seen = isHeard && extra.session !== null && extra.session.at > sent.at ? extra.session : null;
  if (seen !== null && isOver(request, seen, sent.at)) {
    tally.add('ended', seen.isThere ? say`it is ${seen.state ?? say`unknown`}` : say`it is gone`, 'done', seen.at);
    return tally.followed(
      null,
      request.how === 'terminate'
        ? end('done', say`${name} is gone.`)
        : end('done', seen.isThere ? say`The statement of ${name} is over.` : say`${name} is gone.`),
    );
  }
  if (snapshot.observedAt - sent.at < LIMIT_MS) return tally.followed(say`waiting for ${name}`);
  tally.add('ended', seen === null ? answerText(answer) : say`still there`, 'failed');
  return tally.followed(
    null,
    seen === null
      ? end('unknown', say`Whether ${name} ended is not known: ${answerText(answer)}.`)
      : end('failed', say`${name} is still there 30 s after the signal; it may be rolling back.`),
  );
}

type Seen = NonNullable<FollowContext['extra']['session']>;

/** A statement that is younger than the signal is another one. */
function isOver({ how }: RequestOf<'end_session'>, seen: Seen, sentAt: number): boolean {
  if (!seen.isThere) return true;
  if (how === 'terminate') return false;
  const isYounger = seen.statementSeconds !== null && seen.statementSeconds * 1000 + ROUND_MS < seen.at - sentAt;
  return (seen.state !== null && seen.state !== 'active') || isYounger;
}
