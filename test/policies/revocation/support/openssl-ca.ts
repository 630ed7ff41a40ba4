/** An authority of the openssl command in a directory, which signs certificates, revokes them and makes lists. */
import { mkdirSync, readFileSync } from 'node:fs';
import { tempDir } from '../../../support/temp-dir.ts';
import { openssl } from '../../x509/openssl.ts';
import { sha256 } from './signing.ts';

const CONFIG = (dir: string) => `
[ca]
default_ca = one
[one]
dir = ${dir}
database = ${dir}/index.txt
serial = ${dir}/serial
crlnumber = ${dir}/crlnumber
new_certs_dir = ${dir}/certs
certificate = ${dir}/ca.pem
private_key = ${dir}/ca.key
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
unique_subject = no
crl_extensions = crl
x509_extensions = leaf
[any]
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = CA:FALSE
[ocsp]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[wrong]
extendedKeyUsage = clientAuth
[req]
distinguished_name = name
prompt = no
x509_extensions = authority
[name]
CN = Plant CA
O = Acme
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;

export class OpensslAuthority implements AsyncDisposable {
  readonly #dir = tempDir();

  constructor() {
    const { path } = this.#dir;
    mkdirSync(this.#dir.file('certs'));
    this.#dir.write('openssl.cnf', CONFIG(path));
    for (const [file, content] of [
      ['index.txt', ''],
      ['serial', '1001\n'],
      ['crlnumber', '0A\n'],
    ] as const) {
      this.#dir.write(file, content);
    }
    this.#key('ca.key');
    openssl([
      'req',
      '-x509',
      '-new',
      '-key',
      this.file('ca.key'),
      '-days',
      '90',
      '-out',
      this.file('ca.pem'),
      '-config',
      this.#config,
    ]);
  }

  get #config(): string {
    return this.#dir.file('openssl.cnf');
  }

  file(name: string): string {
    return this.#dir.file(name);
  }

  write(name: string, content: string | Uint8Array): string {
    return this.#dir.write(name, content);
  }

  read(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  get spki(): Buffer {
    openssl(['pkey', '-in', this.file('ca.key'), '-pubout', '-outform', 'DER', '-out', this.file('ca.spki')]);
    return this.read('ca.spki');
  }

  get keyHash(): Buffer {
    return sha256(this.spki);
  }

  /** Makes `{name}.pem` and `{name}.key`. */
  issue(name: string, extensions: 'leaf' | 'ocsp' | 'wrong' = 'leaf', ...more: readonly string[]): void {
    this.#key(`${name}.key`);
    openssl([
      'req',
      '-new',
      '-key',
      this.file(`${name}.key`),
      '-subj',
      `/CN=${name}`,
      '-out',
      this.file(`${name}.csr`),
      '-config',
      this.#config,
    ]);
    const files = ['-in', this.file(`${name}.csr`), '-out', this.file(`${name}.pem`), '-notext'];
    openssl(['ca', '-batch', '-config', this.#config, '-extensions', extensions, ...files, ...more]);
  }

  revoke(name: string, ...reason: readonly string[]): void {
    openssl(['ca', '-config', this.#config, '-revoke', this.file(`${name}.pem`), ...reason]);
  }

  /** PEM of the next list. */
  list(...more: readonly string[]): Buffer {
    openssl(['ca', '-gencrl', '-config', this.#config, '-out', this.file('crl.pem'), ...more]);
    return this.read('crl.pem');
  }

  #key(file: string): void {
    openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', this.file(file)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#dir[Symbol.asyncDispose]();
  }
}
