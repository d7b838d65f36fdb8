/** Cycles to nanoseconds since the origin, in babeltrace2's arithmetic: exact at 1 GHz, double at other frequencies. */
import type { ClockClass } from './model.ts';

const NS_PER_S = 1_000_000_000n;

/** Nanoseconds of so many cycles. */
export function nsOfCycles(frequency_hz: bigint, cycles: bigint): bigint {
  if (frequency_hz === NS_PER_S) return cycles;
  return BigInt(Math.trunc((1e9 * Number(cycles)) / Number(frequency_hz)));
}

/** Nanoseconds from the origin to the clock's zero. */
export function clockBase_ns(clock: ClockClass): bigint {
  const { frequency_hz } = clock;
  let seconds = clock.offset_s + clock.offset_cycles / frequency_hz;
  let cycles = clock.offset_cycles % frequency_hz;
  if (cycles < 0n) {
    cycles += frequency_hz;
    seconds -= 1n;
  }
  return seconds * NS_PER_S + nsOfCycles(frequency_hz, cycles);
}
