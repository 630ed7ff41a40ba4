/** Characters of the name of a role or an identity. */
const MAX_NAME = 64;

/** Names of roles and identities, of the letters that such may have, each one once. */
export class RoleNames {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[] = []) {
    this.#taken = new Set(taken);
  }

  /** `sales department` -> `sales-department`, `sales-department-2` where that is taken. */
  take(text: string): string {
    const plain = text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, MAX_NAME - 6);
    const base = /[A-Za-z0-9]/.test(plain) ? plain : 'user';
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}-${count}`;
    this.#taken.add(name);
    return name;
  }
}
