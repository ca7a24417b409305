// Where the machines of a source's members tell their figures, as its members' pollers ask.
import { insideOf } from '../../io/networks';
import { createHostReader, type HostReader } from '../../io/node-exporter';
import type { SourceConfig } from '../config/config';
import { material } from '../tls-material';

export interface Hosts {
  readonly reader: HostReader;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly path: string;
}

/** null: they are not asked. */
export function hostsOf({ hosts, networks }: SourceConfig, now: () => number): Hosts | null {
  if (hosts === null) return null;
  const { port, path, tls } = hosts.nodeExporter;
  const isInside = networks === null ? null : insideOf(networks);
  const reader = createHostReader({ tls: material(tls), isInside, now });
  return { reader, scheme: tls === null ? 'http' : 'https', port, path };
}
