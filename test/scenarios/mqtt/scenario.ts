import type { StopReason } from '../../../adapters/seam.ts';
import type { Cause } from '../../../policies/causes.ts';
import type { AccessPlan } from '../../adapters/mqtt/support/access.ts';
import type { RigPlan } from '../../adapters/mqtt/support/rig.ts';

/** What happens, in order. Packets are objects of the package mqtt-packet; strings are hex. */
export type When =
  | { readonly client: object | string }
  | { readonly broker: object | string }
  | { readonly tick: number }
  | { readonly clientPaused: boolean }
  | { readonly brokerReady: true }
  | { readonly brokerFailed: Cause }
  | { readonly clientEnded: true }
  | { readonly brokerEnded: true }
  | { readonly stop: StopReason; readonly suppressWill: boolean }
  | { readonly reauthorize: AccessPlan };

/** What must be seen since the last look; packets are matched by the fields given, their number exactly. */
export interface Sees {
  readonly toBroker?: readonly (object | string)[];
  readonly toClient?: readonly (object | string)[];
  readonly rejected?: readonly {
    readonly cause: Cause;
    readonly action?: string;
    readonly sent?: string | undefined;
    readonly size?: number;
  }[];
  readonly closed?: boolean;
  readonly held?: boolean;
  readonly brokerHeld?: boolean;
  readonly brokerEnded?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly versions: readonly (4 | 5)[];
  /** `new`: nothing was sent yet; else CONNECT and CONNACK are behind us, with these fields changed. */
  readonly given: 'new' | { readonly connect?: object; readonly connack?: object };
  readonly access?: AccessPlan;
  readonly plan?: Omit<RigPlan, 'access'>;
  readonly steps: readonly { readonly when: readonly When[]; readonly sees: Sees }[];
}
