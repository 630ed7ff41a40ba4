/** Two columns, indented, as help texts show options and exit codes. */
export function columns(rows: readonly (readonly [string | number, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => String(left).length));
  return rows.map(([left, right]) => {
    const [first = '', ...more] = right.split('\n');
    const indent = ' '.repeat(width + 4);
    return [`  ${String(left).padEnd(width)}  ${first}`, ...more.map((line) => `${indent}${line}`)].join('\n');
  });
}
