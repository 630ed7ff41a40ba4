import type { Inventory } from '../../../../proxy/control-plane/api/inventory.ts';
import { collectInventory } from '../../../../proxy/control-plane/inventory/collect.ts';
import { testPki } from '../../../support/pki.ts';
import { edit, SOUND_KAFKA, workspace } from '../../control-plane/config/support.ts';
import { inForce } from '../../control-plane/inventory/in-force.ts';

export const NOW = Date.now();
const DAY = 86_400_000;

/** A listener with an intermediate and a subject that CSV must quote, one with a broker in plain text, one over TLS. */
export async function sample(): Promise<Inventory> {
  await using dir = await workspace();
  const pki = await testPki();
  const soon = await pki.issue({
    subject: [{ O: 'Acme, "Inc."' }, { CN: 'gate' }],
    dns: ['gate.example'],
    eku: 'server',
    notAfter: new Date(NOW + 3.5 * DAY),
  });
  dir.write('soon.pem', soon.cert + pki.ca);
  dir.write('soon.key', soon.key);
  const text = edit(
    'address: broker:1883',
    'address: broker:8883\n      tls: { ca: ca.pem, certificate: server.pem, key: server.key }',
    edit('certificate: server.pem\n      key: server.key', 'certificate: soon.pem\n      key: soon.key', SOUND_KAFKA),
  );
  return collectInventory(inForce(dir, text), NOW);
}
