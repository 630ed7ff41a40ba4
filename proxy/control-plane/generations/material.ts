/** Content of the files that the configuration names, by absolute path: the very bytes that were checked. */
export type Material = ReadonlyMap<string, Buffer>;
