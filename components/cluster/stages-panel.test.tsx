// What the panel of stages says where no walsender row belongs to a member.
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { Snapshot } from '@/lib/domain/cluster';
import { type MemberSpec, steady } from '@/lib/domain/testkit';
import { StagesPanel } from './stages-panel';

/** Of n2 nobody knows whether it streams. */
function drawn(...members: readonly MemberSpec[]): string {
  const { cluster, ...rest } = steady({ members });
  const snapshot: Snapshot = {
    ...rest,
    cluster: {
      ...cluster,
      members: cluster.members.map((member) =>
        member.name === 'n2'
          ? { ...member, stages: null, replication: { kind: 'unknown' as const, reason: 'nobody says' } }
          : member,
      ),
    },
  };
  return renderToStaticMarkup(<StagesPanel snapshot={snapshot} />);
}

it('of an upstream that is read it says that it sends nothing there, and not that it could not be read', () => {
  const html = drawn({ name: 'n1' }, { name: 'n2', upstream: null });
  expect(html).toContain('No walsender on any member for n2');
  expect(html).not.toContain('could be read');
});

it('where nobody is read it says that, and not that nobody sends', () => {
  const html = drawn({ name: 'n1', sql: 'denied' }, { name: 'n2', upstream: null, sql: 'denied' });
  expect(html).toContain('no walsender row could be read');
});
