/** Requests and answers between the bench and its child processes, over node's IPC channel. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { adopt, stopProcess } from './processes.ts';

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

type Api = Record<string, (params: never) => unknown>;
type Handlers<A extends Api> = {
  [K in keyof A]: (params: Parameters<A[K]>[0]) => ReturnType<A[K]> | Promise<ReturnType<A[K]>>;
};

/** In the child: answers requests until the bench goes away, then ends the process. */
export function serve<A extends Api>(handlers: Handlers<A>): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => {}); // the bench ends its children itself
  process.on('message', async (request: Request) => {
    let answer: Answer;
    try {
      const handler = handlers[request.method];
      if (handler === undefined) throw new Error(`no method ${request.method}`);
      answer = { id: request.id, value: await handler(request.params as never) };
    } catch (error) {
      answer = { id: request.id, error: error instanceof Error ? error.message : String(error) };
    }
    process.send?.(answer);
  });
}

const DEADLINE_MS = 60_000;

/** In the bench: a child that answers the methods of `A`. */
export class Helper<A extends Api> implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  #next = 1;

  constructor(module: URL) {
    this.#name = module.pathname.split('/').at(-1) ?? '';
    this.#child = fork(module, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    adopt(this.#child);
    this.#child.on('message', (answer: Answer) => this.#pending.get(answer.id)?.(answer));
    this.#child.on('exit', () => {
      for (const [id, settle] of this.#pending) settle({ id, error: `${this.#name} ended` });
    });
  }

  async call<K extends keyof A & string>(
    method: K,
    params: Parameters<A[K]>[0],
    deadline = DEADLINE_MS,
  ): Promise<Awaited<ReturnType<A[K]>>> {
    const id = this.#next++;
    const answer = await new Promise<Answer>((settle) => {
      const timer = setTimeout(() => settle({ id, error: `no answer within ${deadline / 1000} s` }), deadline).unref();
      this.#pending.set(id, (value) => {
        clearTimeout(timer);
        settle(value);
      });
      this.#child.send({ id, method, params } satisfies Request, (error) => {
        if (error !== null) this.#pending.get(id)?.({ id, error: error.message });
      });
    });
    this.#pending.delete(id);
    if (answer.error !== undefined) throw new Error(`${this.#name} ${method}: ${answer.error}`);
    return answer.value as Awaited<ReturnType<A[K]>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.disconnect();
    await Promise.race([once(this.#child, 'exit'), stopProcess(this.#child)]);
  }
}
