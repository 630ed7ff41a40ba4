import type { Case } from './case.ts';
import { handshakesCase } from './handshakes.ts';
import { idleCase } from './idle.ts';
import { fetchCase, produceCase } from './kafka-throughput.ts';
import { latencyCase } from './latency.ts';
import { largeReloadCase, rejudgeDrillCase } from './reload-drill.ts';
import { largeListCase, revocationDrillCase } from './revocation-drill.ts';
import { slowFramesCase } from './slow-frames.ts';
import { deliveryCase, publishCase } from './throughput.ts';

const KIB = 1024;

/** In the order in which they run and are printed. */
export const CASES: readonly Case[] = [
  publishCase('publish-1k-x16', { packet: 1024, perRecord: 16 }, 8, true),
  publishCase('publish-1k-x1', { packet: 1024, perRecord: 1 }, 8, true),
  publishCase('publish-128-x1', { packet: 128, perRecord: 1 }, 8, true),
  publishCase('publish-1k-x16-400', { packet: 1024, perRecord: 16 }, 400, false),
  publishCase('publish-1k-x1-400', { packet: 1024, perRecord: 1 }, 400, false),
  publishCase('publish-128-x1-400', { packet: 128, perRecord: 1 }, 400, false),
  deliveryCase('delivery-1k', 8),
  handshakesCase,
  latencyCase,
  idleCase(1000, true),
  idleCase(5000, false),
  produceCase('kafka-produce-1k', KIB, true),
  produceCase('kafka-produce-16k', 16 * KIB, true),
  produceCase('kafka-produce-256k', 256 * KIB, false),
  produceCase('kafka-produce-1m', 1024 * KIB, false),
  fetchCase('kafka-fetch-1k', KIB, false),
  fetchCase('kafka-fetch-16k', 16 * KIB, true),
  fetchCase('kafka-fetch-256k', 256 * KIB, false),
  fetchCase('kafka-fetch-1m', 1024 * KIB, false),
  revocationDrillCase,
  largeListCase,
  rejudgeDrillCase,
  largeReloadCase,
  slowFramesCase('kafka-slow-frames'),
];
