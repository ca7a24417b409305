// `howdah drift`: every cluster against its profile, or what differs between the members of one. Exit code 0 alike, 1 something deviates
// or differs, 3 nobody can say.
import type { DriftAnswer, FleetDriftAnswer } from '../contract/drift';
import { PATHS } from '../contract/paths';
import { EXIT } from './act';
import type { Api } from './api';
import { out, table } from './print';

export async function drift(api: Api, scope: string | null, json: boolean): Promise<number> {
  return scope === null ? ofFleet(api, json) : ofCluster(api, scope, json);
}

async function ofFleet(api: Api, json: boolean): Promise<number> {
  const answer = await api.get<FleetDriftAnswer>(PATHS.fleetDrift);
  const { clusters, minorsAsOf } = answer;
  if (json) out(JSON.stringify(answer));
  else {
    const lines = clusters.map(({ scope, profile, at, deviations }) => [
      scope,
      profile,
      at === null ? 'not looked at yet' : deviations.map(({ text }) => String(text)).join('; ') || 'as it should be',
    ]);
    out(table(['cluster', 'profile', ''], lines));
    out(`minor releases as of ${minorsAsOf}`);
  }
  const verdicts = clusters.flatMap(({ deviations }) => deviations.map(({ verdict }) => verdict));
  if (verdicts.includes('deviates')) return EXIT.failed;
  return verdicts.length > 0 || clusters.some(({ at }) => at === null) ? EXIT.unknown : EXIT.done;
}

async function ofCluster(api: Api, scope: string, json: boolean): Promise<number> {
  const answer = await api.get<DriftAnswer>(PATHS.drift(scope));
  const { settings, differences, deviations, members, profile } = answer;
  const unread = members.filter(({ at }) => at === null);
  const found = differences.length + (settings === null ? 0 : settings.differing.length + settings.overrides.length);
  if (json) out(JSON.stringify(answer));
  else {
    for (const { text } of deviations) out(`${profile}: ${text}`);
    for (const { name, configured, value, repair } of settings?.overrides ?? [])
      out(
        `local value wins: ${name} is ${value.shown ?? 'hidden'} on ${value.member}, /config asks for ${configured ?? 'hidden'}\n  ${repair.command ?? ''} ${repair.text}`,
      );
    for (const { name, values } of settings?.differing ?? [])
      out(`differs: ${name}: ${values.map(({ member, shown }) => `${member} ${shown ?? 'hidden'}`).join(', ')}`);
    for (const { subject, values, why } of differences)
      out(
        `differs: ${subject}: ${values.map(({ member, text }) => `${member} ${text ?? 'unknown'}`).join(', ')}\n  ${why}`,
      );
    for (const { member, problem } of unread) out(`not read: ${member}: ${problem ?? ''}`);
    if (found === 0 && settings !== null) out(`${settings.compared} settings compared: members are alike`);
  }
  if (found > 0 || deviations.some(({ verdict }) => verdict === 'deviates')) return EXIT.failed;
  return unread.length > 0 || settings === null || deviations.length > 0 ? EXIT.unknown : EXIT.done;
}
