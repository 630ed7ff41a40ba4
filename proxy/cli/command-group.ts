/** A command that has commands of its own, such as `headgate pki issue`. */
import type { Command } from './command.ts';
import { columns } from './help-text.ts';
import { EXIT, type Io } from './io.ts';

/** One command of a group. Its name is that of the group, a space, and the key it stands under. */
export interface Member {
  readonly summary: string;
  readonly command: Command;
}

interface GroupSpec {
  readonly name: string;
  readonly members: Readonly<Record<string, Member>>;
}

/** Dispatches to the members by the first argument. */
export function defineGroup({ name, members }: GroupSpec): Command {
  const find = (typed: string | undefined) =>
    typed !== undefined && Object.hasOwn(members, typed) ? members[typed] : undefined;
  const overview = (print: (line: string) => void, summary?: string) => {
    print(`usage: headgate ${name} COMMAND …`);
    print('');
    if (summary !== undefined) for (const line of [summary, '']) print(line);
    print('commands:');
    for (const line of columns(Object.entries(members).map(([key, { summary }]) => [key, summary]))) print(line);
    print('');
    print('exit codes:');
    for (const line of columns(GROUP_EXITS)) print(line);
    print('');
    print(`\`headgate ${name} COMMAND --help\` prints the help of one command.`);
  };
  const unknown = (typed: string | undefined, io: Io) => {
    io.err(`headgate ${name}: ${typed === undefined ? 'a command is missing' : `unknown command "${typed}"`}`);
    io.err('');
    overview(io.err);
    return EXIT.usage;
  };
  return {
    name,
    async run([typed, ...rest], io, signal) {
      const member = find(typed);
      if (member !== undefined) return member.command.run(rest, io, signal);
      if (typed !== 'help') return unknown(typed, io);
      overview(io.out);
      return EXIT.ok;
    },
    help(summary, rest, io) {
      const [typed, ...more] = rest.filter((one) => !one.startsWith('-'));
      const member = find(typed);
      if (member !== undefined) return member.command.help(member.summary, more, io);
      if (typed !== undefined && typed !== 'help') return unknown(typed, io);
      overview(io.out, summary);
      return EXIT.ok;
    },
  };
}

const GROUP_EXITS = [
  [EXIT.ok, 'done'],
  [EXIT.failure, 'failed'],
  [EXIT.usage, 'wrong usage'],
] as const;
