/**
 * Plug-in of the mutation tester. Sentences for people are not mutated: what an error or a finding says is not a
 * contract, and tests that repeat its words would only hinder better ones. Cause codes, rule ids, keys, names of
 * fields and everything else that programs read has no blanks and is mutated. The names of error classes stand in stack
 * traces only; programs use `instanceof`.
 */

/** What is used here of a node of the syntax tree, as Babel names it. */
interface SyntaxPath {
  readonly node: {
    readonly type: string;
    readonly key?: { readonly name?: string };
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
  };
}

/** A word in lower case beside a blank; `BEGIN X509 CRL` has none. */
const SENTENCE = /[a-z]{2,}[,:;]? | [a-z]{2,}/;

function shouldIgnore({ node }: SyntaxPath): string | undefined {
  if (node.type === 'ClassProperty' && node.key?.name === 'name') return 'the name of an error class';
  return isSentence(node) ? 'a sentence for people' : undefined;
}

function isSentence({ type, value, quasis = [] }: SyntaxPath['node']): boolean {
  if (type === 'StringLiteral') return SENTENCE.test(String(value));
  if (type === 'TemplateLiteral') return SENTENCE.test(quasis.map(({ value: part }) => part.raw).join('X'));
  return false;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'messages', value: { shouldIgnore } }];
