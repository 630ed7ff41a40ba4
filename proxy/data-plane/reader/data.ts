import { type OnBytes, StreamReader } from './reader.ts';

/** Reads by the documented 'data' event: works everywhere, costs an allocation and an event per record. */
export class DataReader extends StreamReader {
  override start(onBytes: OnBytes): void {
    this.socket.on('data', (chunk: Buffer) => {
      if (!this.discarding) onBytes(chunk, chunk.length);
    });
  }
}
