import { join } from 'node:path';
import { EXIT, type Io } from './io.ts';
import { UsageError } from './pki/argument-values.ts';
import {
  crlArguments,
  initArguments,
  issueArguments,
  listArguments,
  responderArguments,
  revokeArguments,
} from './pki/arguments.ts';
import { initDirectory, issueInto, renewCrls, revokeIn } from './pki/directory.ts';
import { HELP, HELP_CRL, HELP_INIT, HELP_ISSUE, HELP_LIST, HELP_OCSP, HELP_REVOKE } from './pki/help.ts';
import { PkiError } from './pki/index-file.ts';
import { listDirectory, listTable } from './pki/list.ts';
import { startOcspResponder } from './pki/ocsp/responder.ts';

type Command = { readonly help: string; run(argv: readonly string[], io: Io): Promise<void> };

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['init', { help: HELP_INIT, run: init }],
  ['issue', { help: HELP_ISSUE, run: issue }],
  ['revoke', { help: HELP_REVOKE, run: revoke }],
  ['crl', { help: HELP_CRL, run: crl }],
  ['ocsp-responder', { help: HELP_OCSP, run: ocspResponder }],
  ['list', { help: HELP_LIST, run: list }],
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
  const { dir, request } = initArguments(argv);
  await initDirectory(dir, request);
  const files = [
    'ca.pem',
    'ca.key',
    ...(request.intermediate ? ['intermediate.pem', 'intermediate.key'] : []),
    'crl.pem',
  ];
  io.out(`made the authority "${request.commonName}": ${files.map((file) => join(dir, file)).join(', ')}`);
}

async function issue(argv: readonly string[], io: Io): Promise<void> {
  const { dir, name, request, force } = issueArguments(argv);
  const serial = await issueInto(dir, name, request, force);
  io.out(`issued ${join(dir, `${name}.pem`)} with ${join(dir, `${name}.key`)}, serial ${serial}`);
}

async function revoke(argv: readonly string[], io: Io): Promise<void> {
  const { dir, name, reason } = revokeArguments(argv);
  const serials = await revokeIn(dir, name, reason);
  io.out(`revoked ${serials.join(', ')}; wrote ${join(dir, 'crl.pem')}`);
}

async function crl(argv: readonly string[], io: Io): Promise<void> {
  const { dir, options } = crlArguments(argv);
  const number = await renewCrls(dir, options);
  io.out(`wrote ${join(dir, 'crl.pem')}, CRL number ${number}`);
}

async function ocspResponder(argv: readonly string[], io: Io): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const responder = await startOcspResponder(responderArguments(argv));
  for (const signal of signals) process.on(signal, end);
  io.out(responder.url);
  await ended;
  for (const signal of signals) process.off(signal, end);
  await responder.close();
}

async function list(argv: readonly string[], io: Io): Promise<void> {
  const { dir, json } = listArguments(argv);
  const certificates = await listDirectory(dir, Date.now());
  if (json) io.out(JSON.stringify(certificates, null, 2));
  else for (const line of listTable(certificates)) io.out(line);
}
