import assert from 'node:assert/strict';
import { bindsOf } from '../../../../proxy/control-plane/generations/binds.ts';
import type { InForce } from '../../../../proxy/control-plane/inventory/collect.ts';
import type { Bind, Bound } from '../../../../proxy/messages.ts';
import type { Workspace } from '../config/support.ts';

/** What would be in force with this configuration, bound where it says; port 0 becomes 40000 and on. */
export function inForce(dir: Workspace, text: string): InForce {
  const result = dir.load(text);
  assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
  const { listeners } = result.config;
  const binds = listeners.flatMap(bindsOf);
  return {
    plan: {
      hash: 'c0ffee',
      binds,
      listeners: listeners.map(({ plan }) => ({ version: '', value: plan })),
    },
    bound: binds.map(bound),
  };
}

function bound({ key, address: { host, port } }: Bind, i: number): Bound {
  return { key, host, port: port === 0 ? 40_000 + i : port };
}
