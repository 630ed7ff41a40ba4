import type { Io } from '../io.ts';
import { rejectionsCommand } from '../rejections.ts';
import { checkBrokerSide } from './broker-side.ts';
import { quote } from './by-hand.ts';
import { checkRecord } from './check-record.ts';
import type { Report } from './report.ts';
import type { Setup } from './setup.ts';
import { StepRunner } from './step-runner.ts';
import { stepsOf } from './steps.ts';

const TITLES = { 4: 'MQTT 3.1.1', 5: 'MQTT 5' } as const;

/** Runs every step of every protocol version and checks what reached the broker. Stops early when `signal` aborts. */
export async function runMqttSteps(setup: Setup, report: Report, signal: AbortSignal): Promise<void> {
  const { gate, certificates, run, mqttSetups, without5 } = setup;
  for (const { version, listener, broker, watcher } of mqttSetups) {
    report.heading(`${TITLES[version]}: clients at ${listener} (127.0.0.1:${gate.port(listener)})`);
    if (version === 4) report.line('3.1.1 has no code for a refused PUBLISH: headgate acknowledges it and drops it.');
    report.columns();
    const runner = new StepRunner({ gate, listener, version, certificates, run });
    const rejections = gate.rejections.mark;
    let expected = 0;
    try {
      for (const step of stepsOf(version)) {
        signal.throwIfAborted();
        report.step(await runner.play(step));
        if (step.cause !== undefined) expected += step.action.kind === 'publish' ? (step.action.times ?? 1) : 1;
      }
      const { description, mismatches } = await checkBrokerSide(runner, watcher, broker, run);
      report.check(`At the broker: ${description}.`, mismatches);
    } finally {
      await runner.end();
    }
    checkRecord(report, gate, rejections, expected);
  }
  if (without5 !== undefined) {
    report.heading(TITLES[5]);
    report.skip(without5.reason, stepsOf(5).length, without5.failure);
  }
}

/** Runs `headgate rejections` against the gate as an operator would, and shows its output. */
export async function showRejections(setup: Setup, report: Report, headgate: string): Promise<void> {
  const { gate } = setup;
  const { id } = gate.rejections.items.find(({ cause }) => cause === 'denied') ?? {};
  report.heading('Ask why a client was refused');
  await ask(['--principal', 'pump-1']);
  if (gate.rejections.items.some(({ protocol, principal }) => protocol === 'kafka' && principal === 'erp-1')) {
    report.line();
    await ask(['--principal', 'erp-1']);
  }
  if (id === undefined) return;
  report.line();
  await ask(['--id', id]);

  async function ask(question: readonly string[]): Promise<void> {
    report.line(`$ ${headgate} rejections --admin ${quote(gate.socket)} ${question.join(' ')}`);
    const lines: string[] = [];
    const io: Io = { out: (line) => lines.push(line), err: (line) => lines.push(line) };
    const code = await rejectionsCommand.run(['--admin', gate.socket, ...question], io);
    for (const line of lines) report.line(line);
    if (code !== 0 || lines.length < 2) {
      report.check(`headgate rejections ${question.join(' ')}`, [
        { of: 'its output', expected: 'rejections, exit code 0', seen: `${lines.length} lines, exit code ${code}` },
      ]);
    }
  }
}
