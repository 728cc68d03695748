import type { ClusterOptions } from '../index.js'

/** What `initCluster` needs. */
export interface InitOptions {
  /** Options of the first host, as for `BoxOffice.open`. */
  cluster: ClusterOptions
  /** The key that signs sessions, the same for all hosts. */
  jwtKey: Buffer
}

/**
 * Makes the box office of a data directory the first host of a new cluster, and the stream that its hosts share. A directory without
 * a box office gets an empty one. Resolves to the name of the stream.
 *
 * Call it once in the life of a cluster, before any host is opened; the directory must not be open. If it is cut off, the same call
 * completes it. The hosts are opened with the same `cluster`, each with a `hostName` of its own, and the same `jwtKey`.
 *
 * Rejects with `UnavailableError` (`journal.unavailable`) with the reason if the servers can't be reached, are not what they must be,
 * or have a cluster already, and if the directory belongs to one; with `ValidationError`.
 */
export declare function initCluster(path: string | URL, options: InitOptions): Promise<string>
