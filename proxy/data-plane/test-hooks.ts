/** A fault that a test cannot cause from outside. */
type TestHook = 'loop' | 'throw' | 'exit';

export function runHook(hook: TestHook): void {
  if (hook === 'exit') process.exit(1);
  if (hook === 'throw') throw new Error('test hook: thrown in the event loop');
  for (;;);
}
