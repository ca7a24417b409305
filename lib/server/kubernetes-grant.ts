// The role that gives what the API server of Kubernetes refused, as YAML to apply: made of the sentence that tells the refusal.
const REFUSED =
  /: ([\w:.@-]{1,200}) may not (?:get|list|watch) \w+ in (?:the namespace ([a-z0-9-]{1,63})|all namespaces)$/;
const ACCOUNT = /^system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,200})$/;
const GROUP = 'rbac.authorization.k8s.io';

/** null: something else is the matter. */
export function grantFor(problem: string): string | null {
  const [, user, namespace] = REFUSED.exec(problem) ?? [];
  if (user === undefined) return null;
  const [, home, account] = ACCOUNT.exec(user) ?? [];
  const subject =
    home === undefined || account === undefined
      ? `{ kind: User, name: ${JSON.stringify(user)}, apiGroup: ${GROUP} }`
      : `{ kind: ServiceAccount, name: ${account}, namespace: ${home} }`;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata =
    namespace === undefined ? '{ name: howdah-watch }' : `{ name: howdah-watch, namespace: ${namespace} }`;
  return `apiVersion: ${GROUP}/v1
kind: ${kind}
metadata: ${metadata}
rules:
  - apiGroups: [""]
    resources: [pods, endpoints, configmaps]
    verbs: [get, list, watch]
---
apiVersion: ${GROUP}/v1
kind: ${kind}Binding
metadata: ${metadata}
roleRef: { apiGroup: ${GROUP}, kind: ${kind}, name: howdah-watch }
subjects: [${subject}]
`;
}
