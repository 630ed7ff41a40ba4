import type { LimitsSource } from '../../../../policies/source.ts';
import { device, type Parts, testLint } from './support.ts';

const limits = (r: LimitsSource, s: LimitsSource = {}): Parts => ({ roles: { r: { limits: r }, s: { limits: s } } });

testLint('limit-never-binds', [
  {
    about: 'a stricter one of another role',
    found: limits({ publish: '100/s' }, { publish: '10/s' }),
    at: ['roles.r.limits.publish'],
    near: limits({ publish: '10/s' }, { publish: '600/min' }),
  },
  {
    about: 'a stricter one of the same group, not of another or of the client alone',
    found: limits({ scope: 'group:f', publish: '100/s' }, { scope: 'group:f', publish: '10/s' }),
    at: ['roles.r.limits.publish'],
    near: {
      roles: {
        r: { limits: { scope: 'group:f', publish: '100/s' } },
        s: { limits: { scope: 'group:g', publish: '10/s' } },
        t: { limits: { publish: '10/s' } },
      },
      identities: [device({ roles: ['r', 's', 't'] })],
    },
  },
  {
    about: 'a smaller burst binds',
    found: limits({ bytes: '2KiB/s', burst: '5s' }, { bytes: '1KiB/s', burst: '2s' }),
    at: ['roles.r.limits.bytes'],
    near: limits({ bytes: '2KiB/s', burst: '1s' }, { bytes: '1KiB/s', burst: '10s' }),
  },
  {
    about: 'each client must have the stricter one',
    found: limits({ connections: 5 }, { connections: 1 }),
    at: ['roles.r.limits.connections'],
    near: {
      ...limits({ connections: 5 }, { connections: 1 }),
      identities: [device({ roles: ['r', 's'] }), device({ name: 'others', roles: ['r'] })],
    },
  },
  {
    about: 'more connections than the process holds',
    found: { ...limits({ connections: 1000 }), maxConnections: 1000 },
    at: ['roles.r.limits.connections'],
    message: /at most 1000 connections/,
    near: { ...limits({ connections: 999 }), maxConnections: 1000 },
  },
  {
    about: 'a burst without a rate',
    found: limits({ handshakes: '6/min', burst: '5s' }),
    at: ['roles.r.limits.burst'],
    near: limits({ requests: '6/min', burst: '5s' }),
  },
  {
    about: 'a burst beside topics, which all may come at once',
    found: { roles: { r: { mqtt: { allow: [] }, limits: { topics: '6/min', burst: '5s' } }, s: {} } },
    at: ['roles.r.limits.burst'],
    near: { roles: { r: { mqtt: { allow: [] }, limits: { topics: '6/min', onExceed: 'reject' } }, s: {} } },
  },
  {
    about: 'a burst beside a rate with its own',
    found: limits({ requests: { limit: '6/min', burst: '1s' }, burst: '5s' }),
    at: ['roles.r.limits.burst'],
    near: limits({ requests: { limit: '6/min', onExceed: 'reject' }, burst: '5s' }),
  },
  {
    about: 'the answer of a limit that is not the strictest',
    found: limits({ bytes: { limit: '2KiB/s', onExceed: 'disconnect' } }, { bytes: '2KiB/s', burst: '500ms' }),
    at: ['roles.r.limits.bytes'],
    near: limits({ bytes: { limit: '2KiB/s', onExceed: 'disconnect' } }, { bytes: '2KiB/s', onExceed: 'disconnect' }),
  },
  {
    about: 'a limit on MQTT for clients that may do nothing over it',
    found: limits({ topics: '5/min', subscriptions: 3 }),
    at: ['roles.r.limits.topics', 'roles.r.limits.subscriptions'],
    near: {
      roles: {
        r: { limits: { topics: '5/min', subscriptions: 3 } },
        s: { mqtt: { allow: [{ publish: 'a/#' }] } },
      },
    },
  },
  {
    about: 'what exceeding means, where there is nothing to exceed',
    found: limits({ handshakes: '6/min', onExceed: 'disconnect' }),
    at: ['roles.r.limits.onExceed'],
    near: limits({ publish: '1/s', onExceed: 'disconnect' }),
  },
]);
