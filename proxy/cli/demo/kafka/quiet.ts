/**
 * kafkajs sets a timer with a negative delay whenever it is not throttled, and Node warns of
 * each. Everything else that Node warns of is still shown.
 */
export function withoutTimerWarnings(): Disposable {
  const listeners = process.listeners('warning');
  const filter = (warning: Error): void => {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const listener of listeners) listener(warning);
  };
  process.removeAllListeners('warning');
  process.on('warning', filter);
  return {
    [Symbol.dispose]() {
      process.off('warning', filter);
      for (const listener of listeners) process.on('warning', listener);
    },
  };
}
