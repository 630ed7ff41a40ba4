/** Words: names, free text, secrets, files, choices. */
import * as z from 'zod';
import { isScope } from '../../../../../policies/limits/scope.ts';
import { meta } from './meta.ts';

/** A name that other keys refer to: a path in a problem must stay readable, so no dots and brackets. */
export function name(): z.ZodString {
  return z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
      'a name has 1 to 64 letters, digits, "-" and "_" and begins with a letter or digit',
    )
    .meta(meta({ type: 'a name', limits: '1 to 64 of A-Z a-z 0-9 - _' }));
}

/** Free text without control characters. */
export function text(type: string, max = 1024): z.ZodString {
  return (
    z
      .string()
      .min(1)
      .max(max)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'holds a control character')
      .meta(meta({ type }))
  );
}

/** A value to keep out of the file: `${env:NAME}` or `${file:PATH}`. */
export function secret(type: string): z.ZodString {
  return z
    .string()
    .min(1)
    .max(65_535)
    .meta(meta({ type, secret: true, substitutes: true }));
}

/** Text that may come from the environment or a file without being a secret of the first order. */
export function substituted(type: string): z.ZodString {
  return text(type).meta(meta({ type, substitutes: true }));
}

/** A file name, relative to the configuration file. */
export function path(type: string): z.ZodString {
  return (
    z
      .string()
      .min(1)
      .max(4096)
      .refine((value) => !value.includes('-----BEGIN'), {
        error: 'is the content of a file; the name of the file belongs here',
        abort: true,
      })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'holds a control character')
      .meta(meta({ type, path: true }))
  );
}

/** `true` or `false`. */
export function flag(): z.ZodBoolean {
  return z.boolean().meta(meta({ type: 'true or false' }));
}

/** One of these words. */
export function choice<const T extends readonly [string, ...string[]]>(message: T) {
  return z.enum(message).meta(meta({ type: message.length === 1 ? message[0] : `one of ${message.join(', ')}` }));
}

/** Whose budget a block of limits is. */
export function scope(): z.ZodString {
  return z
    .string()
    .refine(isScope, 'must be principal, or group: and a name of 1 to 64 letters, digits, "-" and "_"')
    .meta(meta({ type: 'principal or group:NAME' }));
}

/** SHA-256 of a public key, as `headgate inventory` prints it. */
export function keyHash(): z.ZodString {
  return z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a public key (SubjectPublicKeyInfo) in 64 lower-case hex digits')
    .meta(meta({ type: 'a SHA-256 in hexadecimal' }));
}

/** Which OCSP responder to ask. */
export function responder(): z.ZodString {
  return text('aia or a URL').regex(
    /^(aia|https?:\/\/.+)$/,
    'must be aia, or a URL that begins with http:// or https://',
  );
}
