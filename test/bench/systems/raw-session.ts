/**
 * A session that looks at nothing: what the relay costs without MQTT. Measured in pairs with the
 * real one it gives the price of reading, deciding and limiting. It authorises everything, which
 * is why it lives here and nowhere else.
 */
import type { Out, Session, SessionHost } from '../../../adapters/seam.ts';
import { PERMIT_SESSION } from '../../../policies/decision.ts';
import { sessions as protocolSessions, type SessionFactory } from '../../../proxy/data-plane/session-factory.ts';

class RawSession implements Session {
  readonly clientFrame = 0;
  readonly brokerFrame = 0;
  readonly #out: Out;
  #dialled = false;
  #ready = false;

  constructor(host: SessionHost) {
    this.#out = host.out;
  }

  fromClient(_buf: Buffer, start: number, end: number): number {
    if (!this.#ready) {
      if (!this.#dialled) {
        this.#dialled = true;
        this.#out.dial();
      }
      this.#out.hold();
      return start;
    }
    this.#out.forward(start, end, PERMIT_SESSION);
    return end;
  }

  fromBroker(_buf: Buffer, start: number, end: number): number {
    this.#out.forward(start, end, PERMIT_SESSION);
    return end;
  }

  brokerReady(): void {
    this.#ready = true;
    this.#out.resume();
  }

  brokerFailed(): void {
    this.#out.close();
  }

  clientEnded(clean: boolean): void {
    if (clean) this.#out.endBroker();
    else this.#out.close();
  }

  brokerEnded(): void {
    this.#out.close();
  }

  tick(): void {}

  stop(): void {
    this.#out.close();
  }

  ended(): void {}
}

/** What `startGate` looks for in a session module. */
export const sessions: SessionFactory = {
  session: (host) => ({ session: new RawSession(host), reauthorize: () => {} }),
  refusal: protocolSessions.refusal,
};
