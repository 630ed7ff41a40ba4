/** The program behind the `headgate-raw` rows. Argument: the configuration that systems/headgate-raw.ts wrote. */
import { startGate } from '../../../proxy/gate.ts';

const gate = await startGate({
  file: process.argv[2] as string,
  sessionModule: new URL('raw-session.ts', import.meta.url).href,
});

process.once('SIGTERM', () => {
  void gate.close().finally(() => process.exit(0));
});
