import type { Broker } from './brokers.ts';
import { connectDevice, type Device } from './devices.ts';

/** A client that speaks to the broker directly, past the gate, and sees all that arrives there. */
export class BrokerWatcher implements AsyncDisposable {
  readonly #device: Device;
  readonly #fences: string;
  #fence = 0;

  private constructor(device: Device, fences: string) {
    this.#device = device;
    this.#fences = fences;
  }

  /** `run` tells this run's messages from others on a shared broker. */
  static async watch(broker: Broker, run: string): Promise<BrokerWatcher> {
    const { host, port } = broker;
    const { device, observed } = await connectDevice({ host, port, version: 4, clientId: `witness-${run}` });
    if (device === undefined) throw new Error(`the broker at ${host}:${port} refuses the demo itself: ${observed}`);
    const fences = `headgate-demo/${run}`;
    const granted = await device.subscribe(['p1/#', fences]);
    if (granted.observed.includes('0x'))
      throw new Error(`the broker at ${host}:${port} does not allow the demo to watch: ${granted.observed}`);
    return new BrokerWatcher(device, fences);
  }

  /**
   * Every message that arrived, as `topic payload`. A broker delivers in order: a message of its
   * own that comes back says that nothing is still under way.
   */
  async arrived(): Promise<readonly string[]> {
    const { received } = this.#device;
    const fence = `fence ${++this.#fence}`;
    await this.#device.publish(this.#fences, [fence]);
    await received.until(
      'the broker’s last message',
      0,
      (all) => all.some(({ payload }) => payload === fence) || undefined,
    );
    return received.items
      .filter(({ topic }) => topic !== this.#fences)
      .map(({ topic, payload }) => `${topic} ${payload}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#device.end();
  }
}
