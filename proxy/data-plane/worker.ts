/** Entry of a data-plane thread. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { FromPlane, Port, ToPlane } from '../messages.ts';
import type { PlaneOptions } from '../shared/plane-start.ts';
import { compileShared } from '../shared/policy-part.ts';
import { DataPlane } from './data-plane.ts';
import type { SessionFactory } from './session-factory.ts';

/** A MessagePort as both ends use it. */
export function portOf<In, Out>(port: Pick<MessagePort, 'postMessage' | 'on'>): Port<In, Out> {
  return {
    post: (message) => port.postMessage(message, transferOf(message)),
    onMessage: (handler) => port.on('message', handler),
  };
}

function transferOf(message: unknown): MessagePort[] {
  const { type, port } = message as { type?: string; port?: MessagePort };
  return type === 'accept' && port !== undefined ? [port] : [];
}

if (parentPort !== null) {
  const { sessionModule, ...options } = workerData as PlaneOptions;
  const { sessions } = (await import(sessionModule)) as { sessions: SessionFactory };
  const port = portOf<ToPlane, FromPlane>(parentPort);
  const plane = new DataPlane({ ...options, sessionFactory: sessions, compile: compileShared }, port);
  // One broken connection must not take the others of this thread with it.
  process.on('uncaughtException', (error) => plane.uncaught(error));
  process.on('unhandledRejection', (error) => plane.uncaught(error));
}
