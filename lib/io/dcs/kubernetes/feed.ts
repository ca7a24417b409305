// One resource of one namespace (or of all) for ever: a list, then a watch from its version, a list again every two minutes and at once
// where the watch is in doubt. As tools/cache/reflector.go of client-go does, but for the periodic list: a store that was put back from
// a backup says nothing in a watch from a version it has not reached again. What Patroni did not write is dropped as it comes.
import type { ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { text } from '../../../domain/wire/loose';
import { say } from '../../../language/sentence';
import { ReadingRefused } from '../../failure';
import { backoffMs, pause } from '../wait';
import { isTooLong, type KubernetesApi, pageOf, pathOf, Refused, type Resource, readingErrorOf } from './api';
import { type KubeObject, parseKubeObject, sizeOf } from './objects';

export interface FeedContext {
  readonly api: KubernetesApi;
  readonly resource: Resource;
  /** null: all of them. */
  readonly namespace: string | null;
  readonly selector: string | null;
  /** All there is. */
  readonly onList: (objects: readonly KubeObject[]) => void;
  /** null: it is gone. */
  readonly onEvent: (place: { readonly namespace: string; readonly name: string }, object: KubeObject | null) => void;
  /** It failed, works again, or is attached. */
  readonly onState: () => void;
}

const LIST_MS = 10_000;
const RELIST_MS = 120_000;
/** What a right that is missing waits for: somebody grants it. */
const DENIED_MS = 5000;
/** Between two streams, so that a server that ends each at once is not asked in a circle. */
const PAUSE_MS = 200;
const PAGE = 500;
/** Of objects that do not fit into an answer otherwise. */
const SMALL_PAGE = 16;
const LISTED_MAX = 200_000;
/** Characters of one resource: some thousand clusters have a few millions. */
const KEPT_MIB = 128;
export const KEPT_MAX = KEPT_MIB * 1024 * 1024;
/** Of all pages. */
const LIST_ALL_MS = 60_000;

export class Feed {
  readonly #context: FeedContext;
  readonly resource: Resource;
  readonly namespace: string | null;
  listed = false;
  /** The watch is open. */
  attached = false;
  error: ReadingError | null = null;
  /** How far events have come; null: never listed. */
  version: string | null = null;
  #stream: AbortController | null = null;
  #stopped = false;
  #doubted = false;

  constructor(context: FeedContext) {
    this.#context = context;
    this.resource = context.resource;
    this.namespace = context.namespace;
  }

  get isDenied(): boolean {
    return this.error?.kind === 'denied';
  }

  stop(): void {
    this.#stopped = true;
    this.#stream?.abort();
  }

  /** The watch may have missed something: lists again. */
  doubt(): void {
    this.#doubted = true;
    this.#stream?.abort();
  }

  async run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      try {
        this.#doubted = false;
        await this.#list();
        const until = performance.now() + RELIST_MS;
        while (!this.#stopped && !this.#doubted && performance.now() < until) {
          await this.#watch(until);
          failures = 0;
          if (!this.#doubted) await pause(PAUSE_MS);
        }
      } catch (error) {
        this.attached = false;
        if (this.#stopped) return;
        // The version is too old: only a list helps, and it is not known yet whether that works.
        const isExpired = error instanceof Refused && error.status === 410;
        failures += 1;
        if (!isExpired || failures > 1) this.error = readingErrorOf(error);
        this.#context.onState();
        await pause(isExpired && failures === 1 ? 0 : this.isDenied ? DENIED_MS : backoffMs(failures));
      }
    }
  }

  #path(more: Readonly<Record<string, string>>): string {
    const { resource, namespace, selector } = this.#context;
    const query = new URLSearchParams({ ...more, ...(selector === null ? {} : { labelSelector: selector }) });
    return `${pathOf(resource, namespace)}?${query}`;
  }

  async #list(): Promise<void> {
    const { api, resource, onList, onState } = this.#context;
    const objects: KubeObject[] = [];
    const until = performance.now() + LIST_ALL_MS;
    let limit = PAGE;
    let seen = 0;
    let characters = 0;
    let next: string | null = null;
    let version: string | null = null;
    for (;;) {
      // Without a version: only a quorum can answer that.
      const more: Record<string, string> = { limit: String(limit), ...(next === null ? {} : { continue: next }) };
      const answer = await api.get(this.#path(more), { ms: LIST_MS, as: 'list' }).catch((error: unknown) => {
        if (limit === PAGE && isTooLong(error)) return null;
        throw error;
      });
      if (answer === null) {
        limit = SMALL_PAGE;
        continue;
      }
      const page = pageOf(answer);
      version = page.version;
      for (const item of page.items) {
        const object = parseKubeObject(resource, item);
        if (object === null) continue;
        objects.push(object);
        characters += sizeOf(object);
      }
      if (characters > KEPT_MAX)
        throw new ReadingRefused(failure('malformed', say`its ${resource} hold more than ${KEPT_MIB} MiB`));
      if (performance.now() > until) throw new ReadingRefused(failure('timeout'));
      seen += page.items.length;
      if (seen > LISTED_MAX)
        throw new ReadingRefused(failure('malformed', say`there are more than ${LISTED_MAX} ${resource}`));
      if (page.next === null) break;
      next = page.next;
    }
    this.version = version;
    this.listed = true;
    onList(objects);
    onState();
  }

  /** Until the server ends it, it is time for a list, or something is in doubt (throws). */
  async #watch(until: number): Promise<void> {
    const { api, onState } = this.#context;
    const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    const stream = new AbortController();
    this.#stream = stream;
    const timer = setTimeout(() => stream.abort(), seconds * 1000 + LIST_MS);
    const path = this.#path({
      watch: '1',
      resourceVersion: this.version ?? '',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
    });
    try {
      await api.watch(
        path,
        stream.signal,
        () => {
          this.attached = true;
          this.error = null;
          onState();
        },
        (type, object) => this.#onEvent(type, object),
      );
    } catch (error) {
      if (!stream.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      this.attached = false;
      this.#stream = null;
    }
  }

  #onEvent(type: string, value: Parameters<Parameters<KubernetesApi['watch']>[3]>[1]): void {
    const { resource, onEvent } = this.#context;
    const metadata = value.metadata as { readonly [key: string]: unknown } | undefined;
    const version = text(metadata?.resourceVersion);
    if (version !== null && /^\d{1,40}$/.test(version)) this.version = version;
    if (type === 'BOOKMARK') return;
    const name = text(metadata?.name);
    const namespace = text(metadata?.namespace);
    if (name === null || namespace === null) return;
    onEvent({ namespace, name }, type === 'DELETED' ? null : parseKubeObject(resource, value));
  }
}
