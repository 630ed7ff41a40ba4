import { MessageChannel, Worker } from 'node:worker_threads';
import type { FromPlane } from '../messages.ts';
import type { PlaneEvents, PlaneOptions, RunningPlane } from '../shared/plane-start.ts';
import { compileShared } from '../shared/policy-part.ts';
import { DataPlane, type DataPlaneOptions } from './data-plane.ts';
import type { SessionFactory } from './session-factory.ts';
import { portOf } from './worker.ts';

const MAX_HEAP_MIB = 2048;

/** Starts a data plane; `inThread` false: in this thread, for tests, debugging and small machines. */
export function startPlane(options: PlaneOptions, inThread: boolean, events: PlaneEvents): RunningPlane {
  return inThread ? startThread(options, events) : startHere(options, events);
}

function startThread(workerData: PlaneOptions, events: PlaneEvents): RunningPlane {
  const { index } = workerData;
  const ready = Promise.withResolvers<void>();
  const file = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
  const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MIB };
  const thread = new Worker(file, { name: `worker-${index}`, workerData, resourceLimits });
  thread.on('message', receiver(ready.resolve, events));
  thread.on('error', (error) => events.message({ type: 'fault', message: String(error) }));
  thread.on('exit', () => {
    ready.reject(new Error(`worker ${index} ended while it started`));
    events.exit();
  });
  return {
    replaceable: true,
    ready: ready.promise,
    post: (message, transfer) => thread.postMessage(message, transfer),
    close: async () => void (await thread.terminate()),
  };
}

function startHere({ sessionModule, ...options }: PlaneOptions, events: PlaneEvents): RunningPlane {
  const ready = Promise.withResolvers<void>();
  const { port1, port2 } = new MessageChannel();
  port1.on('message', receiver(ready.resolve, events));
  let plane: DataPlane | null = null;
  const start = async (): Promise<void> => {
    const { sessions } = (await import(sessionModule)) as { sessions: SessionFactory };
    const all: DataPlaneOptions = { ...options, sessionFactory: sessions, compile: compileShared };
    plane = new DataPlane(all, portOf(port2));
    await ready.promise;
  };
  return {
    replaceable: false,
    ready: start(),
    post: (message, transfer) => port1.postMessage(message, transfer),
    close: async () => {
      plane?.close();
      // An open port would keep the process alive.
      port1.close();
    },
  };
}

function receiver(ready: () => void, events: PlaneEvents): (message: FromPlane) => void {
  return (message) => {
    if (message.type === 'ready') ready();
    else events.message(message);
  };
}
