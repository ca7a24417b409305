// How often Howdah asks etcd whether it is there. A file of its own: it waits, and others need not wait for it.
import { afterEach, expect, test } from 'vitest';
import { createEtcdClient, onGrpcLine } from '../../lib/io/dcs/etcd/client';
import { startEtcd } from './etcd-process';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('etcd has nothing against how often it is asked whether it is there, with a watch and without a call', async () => {
  const { url, stop } = await startEtcd();
  ends.push(stop);
  const said: string[] = [];
  onGrpcLine((line) => said.push(line));
  ends.push(() => onGrpcLine(() => undefined));
  const idle = createEtcdClient(url, { username: null, password: null, tls: null }, 2000);
  const watching = createEtcdClient(url, { username: null, password: null, tls: null }, 2000);
  ends.push(
    () => idle.close(),
    () => watching.close(),
  );
  await Promise.all([idle.get('a').exec(), watching.get('a').exec()]);
  const watcher = await watching.watch().prefix('/service/').create();
  const ended: string[] = [];
  watcher.on('disconnected', () => ended.push('disconnected'));
  // Three pings too many are what etcd takes before it cuts the connection.
  await new Promise((resolve) => setTimeout(resolve, 45_000));
  await idle.get('a').exec();
  expect([said, ended]).toEqual([[], []]);
}, 90_000);
