/**
 * Test reporter: TAP without names, which the mutation tester does not need. Its parser loses its way at names with a
 * line separator of Unicode, which Node's own TAP reporter writes as they are.
 */
import type { TestEvent } from 'node:test/reporters';

// biome-ignore lint/style/noDefaultExport: what node:test takes as a reporter
export default async function* plainTap(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let count = 0;
  yield 'TAP version 14\n';
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A subtest that fails makes the test that it belongs to fail.
    if (data.nesting === 0) yield `${type === 'test:pass' ? 'ok' : 'not ok'} ${++count}\n`;
  }
  yield `1..${count}\n`;
}
