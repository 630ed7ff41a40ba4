import { defineGroup } from './command-group.ts';
import { crl } from './pki/commands/crl.ts';
import { init } from './pki/commands/init.ts';
import { issue } from './pki/commands/issue.ts';
import { list } from './pki/commands/list.ts';
import { ocspResponder } from './pki/commands/ocsp-responder.ts';
import { revoke } from './pki/commands/revoke.ts';

/** `headgate pki`: a certificate authority for development, tests and labs. */
export const pkiCommand = defineGroup({
  name: 'pki',
  members: {
    init: { summary: 'Creates an authority.', command: init },
    issue: { summary: 'Issues a certificate with its key.', command: issue },
    revoke: { summary: 'Revokes what was issued under a name, and writes new CRLs.', command: revoke },
    crl: { summary: 'Writes fresh CRLs, and delta CRLs.', command: crl },
    'ocsp-responder': { summary: 'Answers OCSP requests about what was issued.', command: ocspResponder },
    list: { summary: 'Lists what was issued.', command: list },
  },
});
