import { webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';

export type Library = typeof X509;

let loaded: Promise<Library> | undefined;

/**
 * The library that writes certificates. Loaded on first use: it is large, and only `headgate pki`,
 * the demo and the tests write certificates; those that clients present are read by policies/x509.
 */
export function loadLibrary(): Promise<Library> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Library> {
  // Its dependency injection needs the Reflect metadata functions before its first line runs.
  await import('reflect-metadata');
  const library = await import('@peculiar/x509');
  library.cryptoProvider.set(webcrypto as Crypto);
  return library;
}
