import { ofSections } from '../../protocols.ts';
import type { OneOrMany, PolicySource } from '../../source.ts';
import { ANALYSIS } from '../protocols/table.ts';
import type { PlacedText } from './rule-texts.ts';

/** Every text of a policy that is compared with what a certificate or a client says. */
export function* policyTexts({ identities, roles }: PolicySource): Generator<PlacedText> {
  for (const [i, { when, principal }] of identities.entries()) {
    const path = `identities[${i}]`;
    for (const part of ['subject', 'issuer', 'san'] as const) {
      for (const [key, written] of Object.entries(when[part] ?? {})) {
        yield* patternTexts(written, `${path}.when.${part}.${key}`);
      }
    }
    if (principal !== undefined) yield { path: `${path}.principal`, text: principal };
  }
  for (const [name, role] of Object.entries(roles)) {
    yield* ofSections(role, (protocol, section) => [...ANALYSIS[protocol].texts(section, `roles.${name}.${protocol}`)]);
  }
}

function* patternTexts(written: OneOrMany, path: string): Generator<PlacedText> {
  if (typeof written === 'string') yield { path, text: written };
  else for (const [j, text] of written.entries()) yield { path: `${path}[${j}]`, text };
}
