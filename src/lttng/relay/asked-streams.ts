/** Whether the producer asked for each stream since BEGIN_DATA_PENDING: counted, as anybody can ask at any rate. */
export interface AskedStream {
  /** The last time that it was asked for. */
  round: number;
}

export class AskedStreams {
  /** Those that are open and were asked for. */
  count = 0;
  private round = 0;

  begin(): void {
    this.round++;
    this.count = 0;
  }

  ask(stream: AskedStream): void {
    if (stream.round === this.round) return;
    stream.round = this.round;
    this.count++;
  }

  /** It is closed. */
  forget(stream: AskedStream): void {
    if (stream.round === this.round) this.count--;
  }
}
