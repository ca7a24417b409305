// The section `auth.ldap` of howdah.yaml: a directory that knows passwords and groups, OpenLDAP or Active Directory. How it is asked
// is in access/directory.ts.
import { z } from 'zod';
import { ROLES } from '../../domain/access/access';
import { isLoopback } from './address';
import { tls } from './tls';
import { build, flag, maybe, number, secret, section, some, text, where } from './yaml-schema';

const LIST_LIMIT = 500;
const URLS_MAX = 5;
const ROLES_OF = 'a list of group and role';
const URL_FORM = 'ldaps://host or ldap://host, with a port where it is another';
const DN = 'a DN such as ou=people,dc=example,dc=com';
const ATTRIBUTE = /^[A-Za-z][A-Za-z0-9-]*$/;
const attribute = text('the name of an attribute', ATTRIBUTE);

function isDirectory(written: string): boolean {
  const url = URL.parse(written);
  if (url === null || !/^ldaps?:$/.test(url.protocol) || url.hostname === '') return false;
  return url.username + url.password + url.search + url.hash === '' && /^\/?$/.test(url.pathname);
}

/** RFC 4515, as far as a mistake of writing shows: brackets, and a comparison in each innermost one. */
export function isFilter(text: string): boolean {
  const end = filterEnd(text, 0, 20);
  return end === text.length;
}

/** Behind the filter that begins there; -1: there is none. */
function filterEnd(text: string, from: number, depth: number): number {
  if (text[from] !== '(' || depth === 0) return -1;
  const kind = text[from + 1] ?? '';
  if (!'&|!'.includes(kind) || kind === '') {
    const leaf = /^\([\w.;:-]+[~<>]?=[^()]*\)/.exec(text.slice(from, from + 2000));
    return leaf === null ? -1 : from + leaf[0].length;
  }
  let at = from + 2;
  let parts = 0;
  while (text[at] === '(') {
    at = filterEnd(text, at, depth - 1);
    if (at < 0) return -1;
    parts += 1;
  }
  const isWhole = kind === '!' ? parts === 1 : parts > 0;
  return isWhole && text[at] === ')' ? at + 1 : -1;
}

const filterWith = (place: string) =>
  text(`an LDAP filter with ${place}, such as (uid=${place})`, (filter) => isFilter(filter) && filter.includes(place));

const written = section({
  /** For people: in the access log, and where somebody is told who keeps a password. */
  name: maybe(text('a name for people'), 'LDAP'),
  /** The next one is asked where one does not answer. */
  url: some(text(URL_FORM, isDirectory), URL_FORM).refine(
    ({ length }) => length <= URLS_MAX,
    `at most ${URLS_MAX} addresses`,
  ),
  startTls: maybe(flag, false),
  tls,
  allowCleartext: maybe(flag, false),
  /** An account that may search. */
  bind: maybe(section({ dn: text(`${DN}, or name@domain`), password: secret() })),
  /** Instead of `bind`: people sign in to the directory by themselves, and it is searched with their own rights. */
  bindAs: maybe(text('a DN or name@domain with {name}', (form) => form.includes('{name}'))),
  base: text(DN),
  filter: filterWith('{name}'),
  nameAttribute: maybe(attribute, 'uid'),
  /** Never given to another person: what an account here belongs to. */
  idAttribute: maybe(attribute, 'entryUUID'),
  groups: maybe(section({ base: text(DN), filter: filterWith('{dn}'), nameAttribute: maybe(attribute, 'cn') })),
  /** Instead of `groups`: an attribute of the person that holds DNs of groups. */
  groupsAttribute: maybe(attribute),
  roles: z
    .array(section({ group: text('the name of a group'), role: z.enum(ROLES), ...where }), ROLES_OF)
    .min(1, ROLES_OF)
    .max(LIST_LIMIT, `at most ${LIST_LIMIT}`),
  /** So long somebody who left keeps what they had. */
  checkMinutes: maybe(number('minutes', 1, 1440), 5),
});

export const ldap = build(written, (parts, complain) => {
  const { url = [], startTls, bind, bindAs, groups, groupsAttribute } = parts;
  for (const [index, one] of url.entries()) {
    const { protocol, hostname } = new URL(one);
    const at = url.length === 1 ? ['url'] : ['url', index];
    if (protocol === 'ldaps:' && startTls === true) complain(at, 'ldap:// beside startTls', 'it is ldaps://');
    const isClear = protocol === 'ldap:' && startTls !== true;
    if (isClear && parts.allowCleartext !== true && !isLoopback(hostname.replace(/^\[|\]$/g, '')))
      complain(at, 'ldaps://, startTls: true, or allowCleartext: true', 'passwords would go in the clear');
    if (isClear && parts.tls != null) complain(['tls'], 'ldaps:// or startTls: true beside it', 'nothing is encrypted');
  }
  if (bind !== undefined && bindAs !== undefined && (bind === null) === (bindAs === null))
    complain(['bind'], 'bind or bindAs', bind === null ? 'neither is there' : 'both are there');
  if (groups !== undefined && groupsAttribute !== undefined && (groups === null) === (groupsAttribute === null))
    complain(['groups'], 'groups or groupsAttribute', groups === null ? 'neither is there' : 'both are there');
  return parts as Readonly<z.infer<typeof written>>;
});

export type LdapSettings = Readonly<z.infer<typeof written>>;
