import type { BrokerWatcher } from './broker-watcher.ts';
import type { Broker } from './brokers.ts';
import type { Mismatch } from './result.ts';
import type { StepRunner } from './step-runner.ts';

/** What reached the broker, as text, and what was expected instead. */
export interface BrokerSide {
  readonly description: string;
  readonly mismatches: readonly Mismatch[];
}

/** Holds what arrived at the broker against what the gate allowed and refused. */
export async function checkBrokerSide(
  runner: StepRunner,
  watcher: BrokerWatcher,
  broker: Broker,
  run: string,
): Promise<BrokerSide> {
  const arrived = (await watcher.arrived()).filter((message) => message.includes(` ${run} `));
  const refused = runner.refused.filter((message) => arrived.includes(message));
  const mismatches: Mismatch[] = [];
  const expect = (of: string, expected: string, seen: string): void => {
    if (expected !== seen) mismatches.push({ of, expected, seen });
  };
  const missing = runner.allowed.filter((message) => !arrived.includes(message));
  expect('allowed messages that are missing', '', missing.join(', '));
  expect('refused messages that arrived', '', refused.join(', '));
  expect('messages in all', String(runner.allowed.length), String(arrived.length));
  for (const [id, count] of runner.admitted) {
    const connects = broker.connects(id) ?? count;
    expect(`connections of client id ${id}`, String(count), String(connects));
  }
  const turnedAway = [...runner.admitted].filter(([, count]) => count === 0);
  const reached = turnedAway.filter(([id]) => (broker.connects(id) ?? 0) > 0).length;
  const clients =
    broker.connects('') === undefined
      ? 'whose connections cannot be seen'
      : `and ${reached} of ${turnedAway.length} refused clients`;
  const description = [
    `${arrived.length - refused.length} of ${runner.allowed.length} allowed messages are there`,
    `${refused.length} of ${runner.refused.length} refused`,
    clients,
  ].join(', ');
  return { description, mismatches };
}
