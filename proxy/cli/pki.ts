import { join } from 'node:path';
import { EXIT, type Io } from './io.ts';
import { initArguments, issueArguments, revokeArguments, UsageError } from './pki/arguments.ts';
import { initDirectory, issueInto, PkiError, revokeIn } from './pki/directory.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 it failed, 2 the command line makes no sense.`;

const HELP = `headgate pki: a certificate authority for development and first tries; not for production

  headgate pki init DIR [--name CN] [--days N]
  headgate pki issue DIR NAME [options]
  headgate pki revoke DIR NAME

"headgate pki COMMAND --help" tells more.
${EXIT_CODES}`;

const HELP_INIT = `headgate pki init DIR [--name CN] [--days N]

Makes an authority in DIR: ca.pem, ca.key (mode 0600), an empty crl.pem and index.json. Never overwrites one.

  --name CN    its common name (default "headgate development CA")
  --days N     how long it lasts (default 3650)
${EXIT_CODES}`;

const HELP_ISSUE = `headgate pki issue DIR NAME [options]

Issues DIR/NAME.pem with the key DIR/NAME.key (PKCS #8, mode 0600): ECDSA P-256.

  --client                for clients (the default)
  --server                for servers; needs --dns or --ip. With --client: for both
  --no-eku                without extended key usage
  --subject TEXT          e.g. "O=Acme,OU=plant 7,CN=pump-1" in the order of the certificate; "+" makes
                          one multi-valued RDN, "\\" takes the next character as it is (default "CN=NAME")
  --uri U --dns D --ip I  subject alternative names; each may be given several times
  --days N                how long it lasts (default 90)
  --not-before DATE       ISO 8601, e.g. 2027-01-31T12:00:00Z
  --not-after DATE
  --force                 replace NAME.pem and NAME.key; the certificate replaced is not revoked
${EXIT_CODES}`;

const HELP_REVOKE = `headgate pki revoke DIR NAME

Revokes every certificate that was issued as NAME and writes DIR/crl.pem under the next CRL number.
${EXIT_CODES}`;

type Command = { readonly help: string; run(argv: readonly string[], io: Io): Promise<void> };

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['init', { help: HELP_INIT, run: init }],
  ['issue', { help: HELP_ISSUE, run: issue }],
  ['revoke', { help: HELP_REVOKE, run: revoke }],
]);

/** `headgate pki ...`: returns the exit code. */
export async function pkiCommand(argv: string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const command = name === undefined ? undefined : COMMANDS.get(name);
  if (command === undefined) {
    const asked = name === '--help' || name === '-h' || name === 'help';
    if (asked) io.out(HELP);
    else
      io.err(`headgate pki: ${name === undefined ? 'a command is missing' : `unknown command "${name}"`}\n\n${HELP}`);
    return asked ? EXIT.ok : EXIT.usage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(command.help);
    return EXIT.ok;
  }
  try {
    await command.run(rest, io);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`headgate pki ${name}: ${error.message}\nSee: headgate pki ${name} --help`);
      return EXIT.usage;
    }
    // Faults of the file system carry a code and name the file; the rest is ours to explain.
    const expected = error instanceof PkiError || (error instanceof Error && 'code' in error);
    io.err(
      `headgate pki ${name}: ${expected ? '' : 'failed: '}${error instanceof Error ? error.message : String(error)}`,
    );
    return EXIT.failure;
  }
}

async function init(argv: readonly string[], io: Io): Promise<void> {
  const { dir, name, days } = initArguments(argv);
  await initDirectory(dir, name, days);
  io.out(`made the authority "${name}": ${join(dir, 'ca.pem')}, ${join(dir, 'ca.key')}, ${join(dir, 'crl.pem')}`);
}

async function issue(argv: readonly string[], io: Io): Promise<void> {
  const { dir, name, request, force } = issueArguments(argv);
  const serial = await issueInto(dir, name, request, force);
  io.out(`issued ${join(dir, `${name}.pem`)} with ${join(dir, `${name}.key`)}, serial ${serial}`);
}

async function revoke(argv: readonly string[], io: Io): Promise<void> {
  const { dir, name } = revokeArguments(argv);
  const serials = await revokeIn(dir, name);
  io.out(`revoked ${serials.join(', ')}; wrote ${join(dir, 'crl.pem')}`);
}
