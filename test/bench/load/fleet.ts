/** Sessions of many clients that stay open until the proxy ends them, and what they see meanwhile. */
import type net from 'node:net';
import { inLanes, openClient } from './client.ts';
import type { FleetRequest, RoundTrip } from './fleet-api.ts';
import { monotonicMs } from './monotonic.ts';
import { publishPacket } from './packets.ts';
import { ANSWER } from './sink-api.ts';

const LANES = 32;
const PING = publishPacket('plant/press-42/temperature', 256, 1);
const PUBACK_BYTES = 4;

/** One session. */
class Member {
  readonly client: number;
  readonly #socket: net.Socket;
  /** When it was cut; 0: it is open. */
  cutAt = 0;
  #sent = 0;
  #answered: ((trip: RoundTrip | null) => void) | null = null;
  #bytes = 0;

  constructor(client: number, socket: net.Socket, onCut: () => void) {
    this.client = client;
    this.#socket = socket;
    socket.on('data', ({ length }: Buffer) => {
      this.#bytes += length;
      if (this.#bytes >= PUBACK_BYTES) this.#settle({ sent: this.#sent, ms: monotonicMs() - this.#sent });
    });
    socket.once('close', () => {
      this.cutAt = monotonicMs();
      this.#settle(null);
      onCut();
    });
  }

  /** The next round trip; null: the session was cut instead. One at a time. */
  ping(): Promise<RoundTrip | null> {
    return new Promise((resolve) => {
      if (this.cutAt > 0) return resolve(null);
      this.#answered = resolve;
      this.#bytes = 0;
      this.#sent = monotonicMs();
      this.#socket.write(PING);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #settle(trip: RoundTrip | null): void {
    this.#answered?.(trip);
    this.#answered = null;
  }
}

let members: Member[] = [];
const waiting = new Set<() => void>();

/** Opens `each` sessions for every client. */
export async function openFleet({ port, ca, clients, each }: FleetRequest): Promise<void> {
  await inLanes(clients.length * each, LANES, async (index) => {
    const client = index % clients.length;
    const { cert, key } = clients[client] as FleetRequest['clients'][number];
    const socket = await openClient({ port, tls: { ca, cert, key } }, `${ANSWER}${index}`);
    members.push(new Member(client, socket, () => waiting.forEach((look) => void look())));
  });
}

/** When the last session of a client was cut, once all are. */
export async function fleetCut(client: number): Promise<number> {
  const own = members.filter((one) => one.client === client);
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (own.some(({ cutAt }) => cutAt === 0)) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });
  return Math.max(...own.map(({ cutAt }) => cutAt));
}

/** How many open sessions still carry a message to the broker and its answer back. */
export async function fleetAnswers(): Promise<number> {
  const trips = await Promise.all(members.map((one) => one.ping()));
  return trips.filter((trip) => trip !== null).length;
}

let pinging: (() => Promise<RoundTrip[]>) | null = null;

/** Begins round trips on `sessions` of the later half of the clients, one every `every` milliseconds on each. */
export function startPinging(sessions: number, every: number): void {
  const half = Math.max(...members.map(({ client }) => client)) / 2;
  const pingers = members.filter(({ client, cutAt }) => client > half && cutAt === 0).slice(0, sessions);
  const trips: RoundTrip[] = [];
  const open = new Map<Member, Promise<void>>();
  const timers = pingers.map((one, i) => {
    const beat = (): void => {
      if (open.has(one)) return;
      const done = one.ping().then((trip) => {
        if (trip !== null) trips.push(trip);
        open.delete(one);
      });
      open.set(one, done);
    };
    let timer = setTimeout(
      () => {
        timer = setInterval(beat, every);
      },
      (i * every) / pingers.length,
    );
    return () => clearInterval(timer);
  });
  pinging = async () => {
    for (const stop of timers) stop();
    await Promise.all(open.values());
    return trips;
  };
}

/** Ends the round trips and answers with all that there were. */
export async function stopPinging(): Promise<RoundTrip[]> {
  const stop = pinging;
  pinging = null;
  return (await stop?.()) ?? [];
}

export function closeFleet(): void {
  void stopPinging();
  waiting.clear();
  for (const one of members) one.destroy();
  members = [];
}
