import type { Broker } from './brokers.ts';
import type { Player } from './play.ts';
import type { Mismatch } from './result.ts';
import type { Witness } from './witness.ts';

/** What the broker's side says, in words, and what does not fit. */
export interface BrokerSide {
  readonly words: string;
  readonly mismatches: readonly Mismatch[];
}

/** Holds what arrived at the broker against what the gate allowed and refused. */
export async function lookFromBrokerSide(
  player: Player,
  witness: Witness,
  broker: Broker,
  run: string,
): Promise<BrokerSide> {
  const arrived = (await witness.arrived()).filter((message) => message.includes(` ${run} `));
  const refused = player.refused.filter((message) => arrived.includes(message));
  const mismatches: Mismatch[] = [];
  const expect = (of: string, expected: string, seen: string): void => {
    if (expected !== seen) mismatches.push({ of, expected, seen });
  };
  const missing = player.allowed.filter((message) => !arrived.includes(message));
  expect('allowed messages that are missing', '', missing.join(', '));
  expect('refused messages that arrived', '', refused.join(', '));
  expect('messages in all', String(player.allowed.length), String(arrived.length));
  for (const [id, count] of player.admitted) {
    const connects = broker.connects(id) ?? count;
    expect(`connections of client id ${id}`, String(count), String(connects));
  }
  const turnedAway = [...player.admitted].filter(([, count]) => count === 0);
  const reached = turnedAway.filter(([id]) => (broker.connects(id) ?? 0) > 0).length;
  const clients =
    broker.connects('') === undefined
      ? 'whose connections cannot be seen'
      : `and ${reached} of ${turnedAway.length} refused clients`;
  const words = [
    `${arrived.length - refused.length} of ${player.allowed.length} allowed messages are there`,
    `${refused.length} of ${player.refused.length} refused`,
    clients,
  ].join(', ');
  return { words, mismatches };
}
