/** Devices and readers of plants, each plant an identity of its own, before a real mosquitto. */
import type { GateOptions } from './gate-config.ts';
import { startMosquitto } from './mosquitto.ts';
import { connectMqtt, type TestClient } from './mqtt-client.ts';
import { type ObservedGate, startObservedGate } from './observed-gate.ts';
import { testPki } from './pki.ts';
import { waitFor } from './wait.ts';

export interface PlantScene extends AsyncDisposable {
  readonly gate: ObservedGate;
  /** Publishes at the broker, behind the gate. */
  readonly inside: TestClient;
  client(name: string, plant: string, version: 4 | 5, more?: object): Promise<TestClient>;
  /** Waits until so many deliveries were dropped, as the metric says. */
  dropped(count: number): Promise<unknown>;
}

/** Clients of a plant have the identity and the role that are called like it; `device` is a role that is there anyway. */
export async function plantScene(
  plants: readonly string[],
  roles: Pick<GateOptions, 'roles' | 'device'>,
): Promise<PlantScene> {
  await using stack = new AsyncDisposableStack();
  const pki = await testPki();
  const broker = stack.use(await startMosquitto({ config: ['max_queued_messages 0'] }));
  const running = stack.use(
    await startObservedGate({ broker: broker.port, identities: plants.map(identityOf), ...roles }),
  );
  const inside = stack.use(await connectMqtt({ port: broker.port, clientId: 'inside' }));
  const kept = stack.move();
  return {
    gate: running,
    inside,
    async client(clientId, plant, version, more = {}) {
      const tls = await pki.device(clientId, plant);
      return kept.use(await connectMqtt({ port: running.port(), clientId, version, tls, more }));
    },
    dropped: (count) =>
      waitFor(`${count} dropped`, () => running.metric('headgate_deliveries_dropped_total') === count),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function identityOf(plant: string) {
  return {
    name: plant,
    when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: `spiffe://acme/${plant}/{device}` } },
    principal: '{device}',
    roles: [plant],
  };
}

/** What a client was sent, in order. */
export function payloads(client: TestClient): string[] {
  return client.received.map(({ payload }) => `${payload}`);
}
