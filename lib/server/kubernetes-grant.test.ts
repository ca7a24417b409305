import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { grantFor } from './kubernetes-grant';

const said = (words: string): string => `Kubernetes: permission denied: ${words}`;
const documents = (problem: string): unknown[] => parseAllDocuments(grantFor(problem) ?? '').map((one) => one.toJS());

describe('the role for a right that is missing', () => {
  it('is for the account that was refused, in its namespace', () => {
    const [role, binding] = documents(said('system:serviceaccount:tools:howdah may not list pods in the namespace db'));
    expect(role).toMatchObject({
      kind: 'Role',
      metadata: { namespace: 'db' },
      rules: [{ resources: ['pods', 'endpoints', 'configmaps'], verbs: ['get', 'list', 'watch'] }],
    });
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      metadata: { namespace: 'db' },
      roleRef: { kind: 'Role', name: 'howdah-watch' },
      subjects: [{ kind: 'ServiceAccount', name: 'howdah', namespace: 'tools' }],
    });
  });

  it('is of the whole cluster for all namespaces, and for a user by name', () => {
    const [role, binding] = documents(said('howdah@example.com may not watch endpoints in all namespaces'));
    expect(role).toMatchObject({ kind: 'ClusterRole', metadata: { name: 'howdah-watch' } });
    expect(binding).toMatchObject({ subjects: [{ kind: 'User', name: 'howdah@example.com' }] });
  });

  it.each([
    'etcd: permission denied',
    said('howdah may not patch configmaps in the namespace db'),
    said('$(x) may not list pods in the namespace db'),
  ])('is none for %s', (problem) => {
    expect(grantFor(problem)).toBeNull();
  });
});
