/** C0, DEL, C1: characters that no name, principal or pattern may hold. */
export function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
