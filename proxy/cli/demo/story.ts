import type { Io } from '../io.ts';
import { rejectionsCommand } from '../rejections.ts';
import type { Account } from './account.ts';
import { lookFromBrokerSide } from './broker-side.ts';
import { quote } from './by-hand.ts';
import { checkRecord } from './check-record.ts';
import { Player } from './play.ts';
import type { Stage } from './stage.ts';
import { script } from './steps.ts';

const TITLES = { 4: 'MQTT 3.1.1', 5: 'MQTT 5' } as const;

/** Plays every step of every protocol version and looks from the broker's side. Stops early when `signal` aborts. */
export async function tellStory(stage: Stage, account: Account, signal: AbortSignal): Promise<void> {
  const { gate, certificates, run, venues, without5 } = stage;
  for (const { version, listener, broker, witness } of venues) {
    account.heading(`${TITLES[version]}: clients at ${listener} (127.0.0.1:${gate.port(listener)})`);
    if (version === 4) account.line('3.1.1 has no code for a refused PUBLISH: headgate acknowledges it and drops it.');
    account.columns();
    const player = new Player({ gate, listener, version, certificates, run });
    const rejections = gate.rejections.mark;
    let expected = 0;
    try {
      for (const step of script(version)) {
        signal.throwIfAborted();
        account.step(await player.play(step));
        if (step.cause !== undefined) expected += step.act.kind === 'publish' ? (step.act.times ?? 1) : 1;
      }
      const { words, mismatches } = await lookFromBrokerSide(player, witness, broker, run);
      account.check(`At the broker: ${words}.`, mismatches);
    } finally {
      await player.end();
    }
    checkRecord(account, gate, rejections, expected);
  }
  if (without5 !== undefined) {
    account.heading(TITLES[5]);
    account.skip(without5.reason, script(5).length, without5.failure);
  }
}

/** Asks the running gate as an operator would, and shows the real answers. */
export async function askWhy(stage: Stage, account: Account, headgate: string): Promise<void> {
  const { gate } = stage;
  const { id } = gate.rejections.items.find(({ cause }) => cause === 'denied') ?? {};
  account.heading('Ask why a client was refused');
  await ask(['--principal', 'pump-1']);
  if (gate.rejections.items.some(({ protocol, principal }) => protocol === 'kafka' && principal === 'erp-1')) {
    account.line();
    await ask(['--principal', 'erp-1']);
  }
  if (id === undefined) return;
  account.line();
  await ask(['--id', id]);

  async function ask(question: readonly string[]): Promise<void> {
    account.line(`$ ${headgate} rejections --admin ${quote(gate.socket)} ${question.join(' ')}`);
    const lines: string[] = [];
    const io: Io = { out: (line) => lines.push(line), err: (line) => lines.push(line) };
    const code = await rejectionsCommand.run(['--admin', gate.socket, ...question], io);
    for (const line of lines) account.line(line);
    if (code !== 0 || lines.length < 2) {
      account.check(`headgate rejections ${question.join(' ')}`, [
        { of: 'its answer', expected: 'rejections, exit code 0', seen: `${lines.length} lines, exit code ${code}` },
      ]);
    }
  }
}
