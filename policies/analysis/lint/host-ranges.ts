/** Address ranges as sets: which lies inside which, and whether two have an address in common. */
import { type HostRange, holdsHost } from '../../acl/kafka-host.ts';

export function holdsRange(outer: HostRange, inner: HostRange): boolean {
  return outer.bits <= inner.bits && holdsHost(outer, inner.bytes);
}

/** Two ranges are disjoint, or one holds the other. */
export function rangesMeet(a: HostRange, b: HostRange): boolean {
  return holdsRange(a, b) || holdsRange(b, a);
}

/** Is each address of `inner` in `outer`? Absent: every address. What several ranges hold only together is not seen. */
export function holdsHosts(outer: readonly HostRange[] | undefined, inner: readonly HostRange[] | undefined): boolean {
  if (outer === undefined) return true;
  return inner?.every((range) => outer.some((one) => holdsRange(one, range))) ?? false;
}
