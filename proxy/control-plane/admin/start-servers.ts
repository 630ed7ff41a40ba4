import type { GateConfig } from '../config/model.ts';
import type { Logger } from '../telemetry/log.ts';
import type { AdminDeps } from './deps.ts';
import { startProbe } from './probe.ts';
import { startAdmin } from './server.ts';

/** Addresses as bound; null: not configured. */
export interface ServerAddresses {
  readonly probeAddress: string | null;
  readonly adminAddress: string | null;
}

/** Starts the probe and the admin server, where they are configured; `stack` closes them. */
export async function startServers(
  config: GateConfig,
  deps: AdminDeps,
  logger: Logger,
  stack: AsyncDisposableStack,
): Promise<ServerAddresses> {
  const onFault = (error: unknown): void => logger.error({ fault: String(error) }, 'a fault while answering a request');
  const probe = config.probe === undefined ? null : await startProbe(config.probe.listen, deps, onFault);
  if (probe !== null) stack.defer(() => probe.close());
  const admin = config.admin === undefined ? null : await startAdmin(config.admin, deps, { onFault });
  if (admin !== null) stack.defer(() => admin.close());
  return { probeAddress: probe?.address ?? null, adminAddress: admin?.address ?? null };
}
