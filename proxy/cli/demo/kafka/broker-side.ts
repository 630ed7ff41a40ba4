import type { BrokerSide } from '../broker-side.ts';
import type { Mismatch } from '../result.ts';
import type { KafkaBroker } from './broker.ts';
import type { KafkaStepRunner } from './step-runner.ts';
import { TOPICS } from './steps.ts';

/** Reads every topic past the gate and holds it against what the gate allowed and refused. */
export async function checkKafkaBroker(runner: KafkaStepRunner, broker: KafkaBroker): Promise<BrokerSide> {
  const mismatches: Mismatch[] = [];
  let [arrived, allowed] = [0, 0];
  const there: string[] = [];
  // One after the other: they share a group.
  for (const topic of TOPICS) {
    const values = await broker.read(topic);
    const expected = runner.allowed.get(topic) ?? [];
    there.push(...values);
    allowed += expected.length;
    arrived += expected.filter((value) => values.includes(value)).length;
    if (values.join('\n') !== expected.join('\n')) {
      mismatches.push({ of: `records of ${topic}`, expected: brief(expected), seen: brief(values) });
    }
  }
  const refused = runner.refused.filter((value) => there.includes(value)).length;
  const description = `${arrived} of ${allowed} allowed records are there, in order, ${refused} of ${runner.refused.length} refused`;
  return { description, mismatches };
}

function brief(values: readonly string[]): string {
  return values.map((value) => value.replace(/[ .]*$/, '')).join(', ');
}
