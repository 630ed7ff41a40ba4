/** Which listeners would accept a client's chain, by the gate's own validator. */
import { resolve } from 'node:path';
import type * as z from 'zod';
import type { Cause } from '../../../policies/causes.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { X509Error } from '../../../policies/x509/der.ts';
import { decodeUtf8, FileReader, MAX_MATERIAL, readRegular } from '../../control-plane/config/files.ts';
import { CONFIGURATION_KEYS } from '../../control-plane/config/load.ts';
import { CA_ENDINGS } from '../../control-plane/config/material.ts';
import { configuration } from '../../control-plane/config/schema.ts';
import type { StorePlan } from '../../shared/listener-plan.ts';
import { ListenerTrust } from '../../shared/trust/listener-trust.ts';
import { ChainRefused, verifyClientChain } from '../../shared/trust/verify-client-chain.ts';
import { readYamlFile } from '../yaml-file.ts';

export interface ChainLook {
  readonly listener: string;
  readonly protocol: Protocol;
  /** Trust stores whose clients the listener accepts. */
  readonly stores: readonly string[];
  /** `not-checked`: a certificate of its trust stores cannot be read here. */
  readonly outcome: 'accepted' | 'refused' | 'not-checked';
  /** The store that accepted it. */
  readonly store?: string;
  /** Cause of a refusal, as rejections carry it. */
  readonly cause?: Cause;
  readonly reason: string;
}

const PARTS = configuration.pick({ listeners: true, trust: true });
type Parts = z.infer<typeof PARTS>;

/** Listeners of the protocol (undefined: of both) that request certificates. Revocation and deny lists are not checked. */
export function lookAtChains(
  config: string,
  protocol: Protocol | undefined,
  presented: readonly Buffer[],
  now: number,
): ChainLook[] {
  const select = (value: unknown) => {
    const { listeners, trust } = value as Partial<Parts>;
    return { listeners, trust };
  };
  const read = readYamlFile(config, { schema: PARTS, keys: CONFIGURATION_KEYS, select }, ({ data }) => ({
    ok: true as const,
    data,
  }));
  if (!read.ok) return [];
  const { listeners, trust } = read.data;
  const files = new FileReader(resolve(config));
  return listeners
    .filter((listener) => listener.tls.clients !== undefined && (protocol ?? listener.protocol) === listener.protocol)
    .map((listener) => {
      const stores = listener.tls.clients ?? [];
      const about = { listener: listener.name, protocol: listener.protocol, stores };
      return { ...about, ...verify(listener.tls, readStores(stores, trust, files), presented, now) };
    });
}

type ChainOutcome = Pick<ChainLook, 'outcome' | 'store' | 'cause' | 'reason'>;

function verify(
  tls: Parts['listeners'][number]['tls'],
  plans: Readonly<Record<string, StorePlan>> | string,
  presented: readonly Buffer[],
  now: number,
): ChainOutcome {
  if (typeof plans === 'string') return { outcome: 'not-checked', reason: plans };
  const { clientAuth, eku, clockSkew, profile } = tls;
  let trust: ListenerTrust;
  try {
    trust = new ListenerTrust(plans, { clientAuth, eku, clockSkew, profile });
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { outcome: 'not-checked', reason: error.message };
  }
  try {
    const { store } = verifyClientChain(presented, trust, now, new SignatureCache());
    return { outcome: 'accepted', store, reason: `the chain is accepted by the trust store ${JSON.stringify(store)}` };
  } catch (error) {
    if (!(error instanceof ChainRefused)) throw error;
    return { outcome: 'refused', cause: error.why, reason: error.message };
  }
}

/** The certificates of the stores; a text names the first that cannot be read. */
function readStores(
  names: readonly string[],
  trust: Parts['trust'],
  files: FileReader,
): Record<string, StorePlan> | string {
  const plans: Record<string, StorePlan> = {};
  for (const name of names) {
    const store = trust[name];
    if (store === undefined) return `there is no trust store ${JSON.stringify(name)}`;
    const { ca, anchors, pins } = store;
    const texts: string[] = [];
    for (const file of ca.flatMap((one) => files.expand(one, CA_ENDINGS))) {
      const read = readRegular(files.absolute(file), MAX_MATERIAL);
      if (!read.ok) return `the trust store ${JSON.stringify(name)}: ${file} ${read.message}`;
      texts.push(decodeUtf8(read.bytes) ?? '');
    }
    const revocation = { mode: 'off', ocspHosts: [], maxStaleness: 0, onStale: 'deny' } as const;
    plans[name] = { certificates: texts.join('\n'), anchors, pins, revocation };
  }
  return plans;
}
