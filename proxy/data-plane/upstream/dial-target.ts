import type { UpstreamTarget } from '../../shared/listener-plan.ts';
import type { Listener } from '../listener.ts';
import type { NodeHint } from '../protocols/entry.ts';
import { protocolOf } from '../protocols/table.ts';
import type { DialFailure } from './dial.ts';

/** Where a session of this listener is connected to. */
export function targetOf(listener: Listener, hint: NodeHint): UpstreamTarget | Promise<UpstreamTarget | DialFailure> {
  return protocolOf(listener.plan).target(listener, hint);
}
