/** Where a container's network namespace is, while its init waits to be started. */
export interface NetworkTarget {
  /** The container's init. */
  readonly pid: number;
  /** A private folder for pid files and sockets; removed with the container. */
  readonly dir: string;
}

export interface NetworkAttachment {
  /** Undoes it; may be called twice, and when the namespace is gone already. */
  detach(): Promise<void>;
}

/** How a container's own network namespace reaches the outside. */
export interface NetworkDriver {
  readonly name: 'pasta' | 'slirp4netns';
  /** What the container sees: its address, the way out, and who answers names. */
  readonly addresses: NetworkAddresses;
  /**
   * Connects the namespace; on failure nothing is left behind. What runs for it ends with this process, however that ends.
   * @throws UserError `NETWORK_FAILED`
   */
  attach(target: NetworkTarget): Promise<NetworkAttachment>;
}

export interface NetworkAddresses {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly nameserver: string;
}
