/** What the monitor asks of others; it opens no state and starts no publish itself. */
export interface MonitorPorts {
  /**
   * Marks an open alert as seen. The process that holds the state does it and publishes.
   * @throws FundpulseError FP8001 for one that is not open.
   */
  readonly acknowledge?: (alert: {
    readonly id: string;
    readonly by: string;
    readonly note: string;
  }) => Promise<object>;
}
