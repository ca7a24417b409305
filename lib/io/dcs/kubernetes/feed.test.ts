// Lists that no API server of Kubernetes gives: without an end, and of objects that together hold more than is kept.
import { expect, it, vi } from 'vitest';
import type { Answer, KubernetesApi } from './api';
import { Feed } from './feed';

const MIB = 1024 * 1024;

function feedOf(page: (at: number) => Answer['body']) {
  let pages = 0;
  let listed = 0;
  const api = {
    get: async (): Promise<Answer> => {
      pages += 1;
      return { body: page(pages) };
    },
    watch: () => new Promise<void>(() => undefined),
  } as unknown as KubernetesApi;
  const feed = new Feed({
    ...{
      api,
      resource: 'configmaps',
      namespace: 'prod',
      selector: null,
      onEvent: () => undefined,
      onState: () => undefined,
    },
    onList: (objects) => {
      listed = objects.length;
    },
  });
  void feed.run();
  return { feed, listed: () => listed, pages: () => pages };
}

const item = (name: string, config: string) => ({
  metadata: { name, namespace: 'prod', resourceVersion: '7', annotations: { config } },
});
const page = (items: readonly object[], more: string | null) => ({
  items,
  metadata: { resourceVersion: '7', ...(more === null ? {} : { continue: more }) },
});

it('more than is kept is not kept, and that is said', async () => {
  const config = 'x'.repeat(16 * MIB);
  const { feed, listed, pages } = feedOf((at) => page([item(`c${at}-config`, config)], 'more'));
  await vi.waitFor(() => expect(String(feed.error?.message)).toMatch(/configmaps hold more than 128 MiB/));
  feed.stop();
  expect([feed.listed, listed(), pages()]).toEqual([false, 0, 8]);
});

it('the near miss: as many pages of what is allowed are a list', async () => {
  const config = 'x'.repeat(15 * MIB);
  const { feed, listed } = feedOf((at) => page([item(`c${at}-config`, config)], at < 8 ? 'more' : null));
  await vi.waitFor(() => expect(feed.listed).toBe(true));
  feed.stop();
  expect([feed.error, listed()]).toEqual([null, 8]);
});

it('pages without end and without anything in them end with time', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { feed } = feedOf(() => {
      vi.advanceTimersByTime(1000);
      return page([], 'more');
    });
    await vi.waitFor(() => expect(feed.error?.kind).toBe('timeout'));
    feed.stop();
  } finally {
    vi.useRealTimers();
  }
});
