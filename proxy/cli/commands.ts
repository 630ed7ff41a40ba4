/** The table of commands. The module of a command is loaded when the command or its help is asked for. */
import type { Command } from './command.ts';

/** What `headgate help` knows of a command without loading it. */
export interface CommandEntry {
  readonly summary: string;
  /** Other ways to type its name. */
  readonly aliases?: readonly string[];
  load(): Promise<Command>;
}

/** By name, in the order of `headgate help`, which main.ts adds. */
export const COMMANDS = {
  run: {
    summary: 'Starts the proxy.',
    load: async () => (await import('./run.ts')).runCommand,
  },
  check: {
    summary: 'Checks a configuration and prints every error with its position and fix.',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  lint: {
    summary:
      'Finds what is valid in a policy but probably not intended: rules that never match, limits without effect.',
    load: async () => (await import('./lint.ts')).lintCommand,
  },
  test: {
    summary: 'Runs policy tests against a configuration.',
    load: async () => (await import('./test.ts')).testCommand,
  },
  schema: {
    summary: 'Prints the JSON Schema of the configuration, for editors.',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
  demo: {
    summary: 'Shows the proxy at work between real clients and brokers, all on this machine.',
    load: async () => (await import('./demo/main.ts')).demoCommand,
  },
  pki: {
    summary: 'A certificate authority for development, tests and labs; not for production.',
    load: async () => (await import('./pki.ts')).pkiCommand,
  },
  profile: {
    summary: 'Shows the TLS profiles, their sources and their differences.',
    load: async () => (await import('./profile.ts')).profileCommand,
  },
  explain: {
    summary: 'Explains which identity a client gets, what it may do, and why.',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  diff: {
    summary: 'Shows which decisions change from one configuration to another.',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  rejections: {
    summary: 'Shows why a running proxy refused clients.',
    load: async () => (await import('./rejections.ts')).rejectionsCommand,
  },
  inventory: {
    summary: 'Lists listeners, trust stores and brokers with certificates, days left and TLS parameters.',
    load: async () => (await import('./inventory.ts')).inventoryCommand,
  },
  pq: {
    summary: 'Shows which clients `pq: require` would refuse, before it is switched on.',
    load: async () => (await import('./pq.ts')).pqCommand,
  },
  deny: {
    summary: 'Refuses certificates and principals at once, and ends their live sessions.',
    load: async () => (await import('./deny.ts')).denyCommand,
  },
  reload: {
    summary: 'Makes a running proxy reload its files, or shows what that would change (--dry-run).',
    load: async () => (await import('./reload.ts')).reloadCommand,
  },
  rollback: {
    summary: 'Restores the previous settings; what is revoked and denied stays so.',
    load: async () => (await import('./rollback.ts')).rollbackCommand,
  },
  import: {
    summary: 'Converts the access rules of Kafka, Mosquitto or EMQX to identities and roles.',
    load: async () => (await import('./import.ts')).importCommand,
  },
  version: {
    summary: 'Prints the versions of headgate, Node and OpenSSL.',
    aliases: ['--version', '-V'],
    load: async () => (await import('./version.ts')).versionCommand,
  },
} as const satisfies Readonly<Record<string, CommandEntry>>;
