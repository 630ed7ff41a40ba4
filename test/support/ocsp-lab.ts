import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Issued } from '../../proxy/cli/pki/authority.ts';
import { initDirectory, issueInto, revokeIn } from '../../proxy/cli/pki/directory.ts';
import { readOcspRequest } from '../../proxy/cli/pki/ocsp/request.ts';
import { type OcspResponder, startOcspResponder } from '../../proxy/cli/pki/ocsp/responder.ts';
import { signResponse } from '../../proxy/cli/pki/ocsp/response.ts';
import type { Section } from './gate-config.ts';
import { type ObservedGate, startObservedGate } from './observed-gate.ts';
import { type Credentials, testPki } from './pki.ts';
import { tempDir } from './temp-dir.ts';

const HOUR = 3_600_000;

/** A directory of `headgate pki` whose certificates a responder speaks for. */
export interface Lab {
  readonly dir: string;
  /** A client of `testPki`'s servers. */
  device(name: string, ocspUrl?: string): Promise<Credentials>;
  revoke(name: string): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function lab(): Promise<Lab> {
  const dir = tempDir();
  const path = dir.file('pki');
  await initDirectory(path, { commonName: 'Lab CA' });
  return {
    dir: path,
    async device(name, ocspUrl) {
      const uri = [`spiffe://acme/p1/${name}`];
      await issueInto(
        path,
        name,
        { subject: `O=Acme,CN=${name}`, uri, ...(ocspUrl !== undefined && { ocspUrl: [ocspUrl] }) },
        true,
      );
      const read = (file: string) => readFileSync(join(path, file), 'utf8');
      return { cert: read(`${name}.pem`), key: read(`${name}.key`), ca: (await testPki()).ca };
    },
    revoke: (name) => revokeIn(path, name, 'keyCompromise'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

export const responder = (pki: Lab, more: object = {}): Promise<OcspResponder> =>
  startOcspResponder({ dir: pki.dir, host: '127.0.0.1', port: 0, delegated: false, validFor: HOUR, ...more });

/** A gate of two workers whose clients come from the lab; `files` are written beside its configuration. */
export async function gateFor(
  pki: Lab,
  broker: number,
  revocation: Section,
  files: Readonly<Record<string, string>> = {},
): Promise<ObservedGate> {
  const more = { workers: 2, reloadInterval: '0s' };
  const gate = await startObservedGate({ broker, more });
  gate.dir.write('lab.pem', readFileSync(join(pki.dir, 'ca.pem'), 'utf8'));
  for (const [name, text] of Object.entries(files)) gate.dir.write(name, text);
  gate.configure({ broker, more: { ...more, trust: { devices: { ca: 'lab.pem', revocation } } } });
  const { ok, errors } = await gate.gate.reload();
  assert.deepEqual([ok, errors], [true, []]);
  return gate;
}

/** What stands at the address of a responder and answers as it likes: `await using`. */
export async function standIn(answer: RequestListener): Promise<OcspResponder & AsyncDisposable> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close, [Symbol.asyncDispose]: close };
}

/** A responder that says "good" of everybody, signed by a certificate that somebody delegated to. */
export function delegateSays({ cert, key }: Issued): RequestListener {
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { certificates, nonce } = readOcspRequest(Buffer.concat(chunks));
    const responses = certificates.map(({ der }) => ({ certId: der, status: 'good' as const }));
    const producedAt = new Date();
    const nextUpdate = new Date(producedAt.getTime() + HOUR);
    response.end(signResponse({ responses, producedAt, nextUpdate, nonce }, { cert, key, delegated: true }));
  };
}
