// Kubernetes as the place of the keys: what the API server says of itself. Where it keeps them is behind it and not seen from here, so
// nothing is said of members, votes or a quorum.
import type { CareFact, NodeStatus, RawCare } from '../../../domain/care/raw-care';
import { failure } from '../../../domain/reading-failure';
import { text } from '../../../domain/wire/loose';
import { say } from '../../../language/sentence';
import { Certificates, endOf } from '../../certificate';
import { read } from '../../failure';
import type { CareReader } from '../port';
import { type KubernetesAccess, KubernetesApi } from './api';

const DEADLINE_MS = 3000;
/** Checks named in one line. */
const NAMED_MAX = 5;

export class KubernetesCare implements CareReader {
  readonly #api: KubernetesApi;
  readonly #certificates: Certificates;
  readonly #now: () => number;
  readonly #ownEnd: number | null;

  constructor(access: KubernetesAccess, now: () => number) {
    this.#api = new KubernetesApi(access, now);
    this.#certificates = new Certificates(access.tls, now);
    this.#now = now;
    this.#ownEnd = endOf(access.tls?.cert ?? null);
  }

  close(): void {
    void this.#api.close();
  }

  async read(): Promise<RawCare> {
    const url = this.#api.server;
    const [status, live, ready, certificateEndsAt] = await Promise.all([
      read(() => this.#status(), this.#now),
      this.#checks('/livez'),
      this.#checks('/readyz'),
      this.#certificates.endAt(url),
    ]);
    return {
      kind: 'kubernetes',
      at: this.#now(),
      identity: null,
      unlisted: failure('skipped', say`where the API server keeps its keys is not seen from here`),
      nodes: [
        {
          ...{ key: url, name: null, urls: [url], peerUrls: [], votes: null, started: true, status, numbers: null },
          certificateEndsAt,
          facts: [live, ready],
        },
      ],
      ownCertificateEndsAt: this.#ownEnd,
      facts: [],
    };
  }

  async #status(): Promise<NodeStatus> {
    const { body } = await this.#api.get('/version', { ms: DEADLINE_MS, as: 'plain' });
    return {
      role: 'leader',
      version: text(body.gitVersion)?.replace(/^v/, '') ?? null,
      ...{ term: null, position: null, sizeBytes: null, inUseBytes: null, alarms: [] },
    };
  }

  async #checks(path: '/livez' | '/readyz'): Promise<CareFact> {
    const asked = await read(() => this.#api.probe(`${path}?verbose`, DEADLINE_MS), this.#now);
    const label = path.slice(1);
    if (!asked.ok) return { label, text: asked.error.message, good: null };
    const { status, body } = asked.value;
    if (status === 401 || status === 403 || status === 404)
      return { label, text: say`unknown: it answers ${status}`, good: null };
    const failed = [...body.matchAll(/^\[-\](\S{1,80})/gm)].map(([, name = '']) => name);
    if (status === 200) return { label, text: 'ok', good: true };
    return {
      label,
      text: failed.length === 0 ? say`answers ${status}` : say`fails: ${failed.slice(0, NAMED_MAX).join(', ')}`,
      good: false,
    };
  }
}
