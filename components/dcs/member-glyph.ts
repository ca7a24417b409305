import type { CareMember } from '@/lib/client/dcs/care';
import { form } from '@/lib/client/words/text';
import type { MemberGlyph } from '@/lib/domain/glyph';

export function glyphOf({ answers, role, votes }: CareMember): MemberGlyph {
  if (answers === null) return 'unknown';
  if (answers === false || role === 'leaderless') return 'not_running';
  if (role === 'leader') return 'leader';
  return votes === false ? 'quorum_standby' : 'replica';
}

/** Forms, said by `t`. */
export const ROLE_WORDS: Readonly<Record<NonNullable<CareMember['role']>, string>> = {
  leader: form('leader'),
  follower: form('follower'),
  learner: form('learner, no vote'),
  leaderless: form('knows no leader'),
};
export const WAS_WORDS: Readonly<Record<NonNullable<CareMember['role']>, string>> = {
  leader: form('was leader'),
  follower: form('was follower'),
  learner: form('was learner'),
  leaderless: form('knew no leader'),
};
