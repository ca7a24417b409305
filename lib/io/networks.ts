// Addresses and networks of the settings (`10.0.0.0/8`, `fd00::/8`), and whether an address lies inside one. An IPv4 address as IPv6
// writes it (`::ffff:10.0.0.5`) is that address.
import { BlockList, isIP } from 'node:net';
import { say, type Text } from '../language/sentence';

/** `networks` were checked when the settings were read. What is no address is inside nothing. */
export function insideOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return (written) => {
    const address = written.replace(/%.*$/, '');
    return isIP(address) !== 0 && list.check(address, familyOf(address));
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

export function outsideWords(address: string): Text {
  return say`${address} is in none of the networks to which credentials may go`;
}
