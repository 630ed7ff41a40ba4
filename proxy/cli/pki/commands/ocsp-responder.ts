import { parseIp } from '../../../../policies/x509/ip.ts';
import { exactly, UsageError } from '../../usage-error.ts';
import { whole } from '../argument-values.ts';
import { definePkiCommand } from '../define-pki-command.ts';
import { startOcspResponder } from '../ocsp/responder.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** `headgate pki ocsp-responder`: answers OCSP requests until a signal ends it. */
export const ocspResponder = definePkiCommand({
  name: 'ocsp-responder',
  usage: 'DIR [--listen ADDRESS:PORT] [--delegated] [--minutes N]',
  options: {
    listen: {
      type: 'string',
      value: 'ADDRESS:PORT',
      default: '127.0.0.1:0',
      help: 'port 0 takes any free one (default 127.0.0.1:0)',
    },
    delegated: {
      type: 'boolean',
      help: "sign with an OCSP signing certificate made for this run, not with the authority's own key",
    },
    minutes: { type: 'string', value: 'N', default: '60', help: 'minutes that a response is valid (default 60)' },
  },
  notes: [
    'Answers OCSP requests (RFC 6960, POST and GET) about what was issued in DIR, from its state at that moment.',
    'Prints its URL and runs until SIGINT or SIGTERM.',
  ],
  async run({ values, positionals }, io) {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const [dir] = exactly(positionals, ['DIR']);
    const validFor = whole('--minutes', values.minutes, 1, 525_600) * 60_000;
    const options = { dir, ...readListen(values.listen), delegated: values.delegated === true, validFor };
    const responder = await startOcspResponder(options);
    for (const signal of SIGNALS) process.on(signal, end);
    io.out(responder.url);
    await ended;
    for (const signal of SIGNALS) process.off(signal, end);
    await responder.close();
  },
});

function readListen(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, '$1');
  if (parseIp(host) === undefined) throw new UsageError('--listen is an IP address and a port, e.g. 127.0.0.1:8889');
  return { host, port: whole('the port of --listen', text.slice(colon + 1), 0, 65_535) };
}
