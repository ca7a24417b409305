// Where a source that is only tried may be: inside the `networks:` of the file where it names some; else anywhere but where no cluster is
// and secrets of this machine are: link-local addresses, those of a cloud's metadata, and loopback where others than this machine reach Howdah.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { insideOf } from '../../io/networks';
import { say } from '../../language/sentence';
import { isLoopback, parseAddress } from '../config/address';
import type { HowdahConfig, SourceConfig } from '../config/config';
import { Refusal } from '../route';

const NOWHERE = [
  ...['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', 'fe80::/10', 'ff00::/8', '64:ff9b::/96', 'fd00:ec2::/32'],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192'],
];
const LOOPBACK = ['127.0.0.0/8', '::1'];
const LOOKUP_MS = 3000;

/** Of all sources of the file together; null: it names none. */
export function networksOf({ sources }: Pick<HowdahConfig, 'sources'>): readonly string[] | null {
  const named = sources.flatMap(({ from, networks }) => (from === 'added' ? [] : (networks ?? [])));
  return named.length === 0 ? null : [...new Set(named)].sort();
}

export function allowed(config: Pick<HowdahConfig, 'sources' | 'listen'>): (address: string) => boolean {
  const networks = networksOf(config);
  if (networks !== null) return insideOf(networks);
  const isNowhere = insideOf(isLoopback(config.listen.host) ? NOWHERE : [...NOWHERE, ...LOOPBACK]);
  return (address) => isIP(address.replace(/%.*$/, '')) !== 0 && !isNowhere(address);
}

/**
 * The source with each name of a host in clear text replaced by the address that was judged, so that no second answer of a name server counts;
 * of a host with TLS the certificate says who it is. Throws a Refusal where a host lies outside.
 */
export async function pinned(source: SourceConfig, isInside: (address: string) => boolean): Promise<SourceConfig> {
  const judged = async (host: string): Promise<string> => {
    const isUrl = host.includes('://');
    const address = parseAddress(host, { scheme: 'http', port: 1 });
    if (address === null) throw new Refusal('bad_request', say`${host} is no address`);
    const [first] = await addressesOf(address.host, isInside);
    if (address.scheme === 'https' || first === undefined) return host;
    const bare = first.includes(':') ? `[${first}]` : first;
    return isUrl ? `http://${bare}:${address.port}` : `${bare}:${address.port}`;
  };
  const all = (hosts: readonly string[]): Promise<string[]> => Promise.all(hosts.map(judged));
  const dcs = source.dcs === null ? null : { ...source.dcs, hosts: await all(source.dcs.hosts) };
  return { ...source, dcs, patroni: { ...source.patroni, seeds: await all(source.patroni.seeds) } };
}

async function addressesOf(host: string, isInside: (address: string) => boolean): Promise<readonly string[]> {
  const found =
    isIP(host) !== 0
      ? [host]
      : await Promise.race([
          lookup(host, { all: true }).then((list) => list.map(({ address }) => address)),
          new Promise<never>((_, reject) => setTimeout(reject, LOOKUP_MS).unref()),
        ]).catch(() => {
          throw new Refusal('refused', say`${host}: no name server knows it`);
        });
  for (const address of found)
    if (!isInside(address))
      throw new Refusal('refused', say`${host} is ${address}, which lies outside of where a source may be tried`);
  return found;
}
