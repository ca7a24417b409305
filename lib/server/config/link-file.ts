// Reads `links:` of howdah.yaml: ways to other tools, with fields that are filled for what somebody looks at.
import { z } from 'zod';
import { unknownLinkFields } from '../../telling/runbooks/runbook';
import { maybe, section, text, where } from './yaml-schema';

const LINKS_MAX = 50;
const NAME_MAX = 40;

const url = text(
  'http(s)://host/path with fields such as {scope}',
  (written) =>
    /^https?:$/.test(URL.parse(written.replace(/\{[^{}]*\}/g, 'x'))?.protocol ?? '') &&
    !/^\w+:\/\/[^/]*\{/.test(written),
).superRefine((written, ctx) => {
  const [unknown] = unknownLinkFields(written);
  if (unknown === undefined) return;
  const params = { found: `there is no {${unknown}}` };
  ctx.addIssue({ code: 'custom', message: '{scope}, {member}, {code}, {from}, {to} or {label.KEY}', params });
});

export const links = maybe(
  z
    .array(
      section({
        name: text(`a name of up to ${NAME_MAX} characters`, new RegExp(`^.{1,${NAME_MAX}}$`)),
        url,
        ...where,
      }),
      'a list of links, each with name and url',
    )
    .max(LINKS_MAX, `at most ${LINKS_MAX} links`),
  [],
);
