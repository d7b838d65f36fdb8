/** A tracker over any two events: the constants of bpf/track.bpf.c, and where its programs are attached. */

import { TailtrapError } from '../../base/errors.ts';
import { LITTLE_ENDIAN } from '../abi.ts';
import type { Attachment } from '../attach.ts';
import type { Names, TrackerSpec } from '../trackers/spec.ts';
import { type EventField, FIELD_KIND, type FieldPlace } from './fields.ts';
import type { KeyPair } from './key.ts';

/** `enum tt_mode`: what a second in event with the same key does while the first is in flight. */
export const MODE = { replace: 0, keep: 1, duplicate: 2 } as const;
export type Mode = keyof typeof MODE;

/** Offsets in `struct tt_track`; each field is a `struct track_field`. */
const TRACK = { bytes: 208, fields: 8, mode: 12, in: 16, out: 112, field_bytes: 24 } as const;
/** tt_track.magic: the struct is found by it, wherever the compiler put it. */
const MAGIC = 0x31766b6361727474n;

/** Offsets in `struct tt_data` and `struct tt_extra`. */
const DATA = { bytes: 128, value: 0, text: 64, text_bytes: 16 } as const;
const EXTRA = { bytes: 24, out_pid: 0, out_tid: 4, out_comm: 8, comm_bytes: 16 } as const;

export interface TrackOptions {
  readonly name: string;
  /** As they were typed, for the outliers. */
  readonly in: string;
  readonly out: string;
  readonly key: readonly KeyPair[];
  readonly mode: Mode;
  readonly attachments: readonly Attachment[];
  readonly threshold_ns: number;
  readonly timeout_ns: number;
  /** An in event without its out event is forgotten after this time; 0: never. */
  readonly forget_ns: number;
}

export function trackSpec(options: TrackOptions): TrackerSpec {
  const { key } = options;
  return {
    name: options.name,
    object: 'track',
    summary: `from ${options.in} to ${options.out}`,
    entry: options.in,
    exit: options.out,
    key: key.map((pair) => pair.in.name).join(','),
    classes: ['total'],
    threshold_ns: options.threshold_ns,
    timeout_ns: options.timeout_ns,
    gc_ns: options.forget_ns,
    slots: 16384,
    data_bytes: DATA.bytes,
    extra_bytes: EXTRA.bytes,
    filters: ['pid', 'tid', 'comm', 'cgroup', 'cpu'],
    attachments: options.attachments,
    writeConstants: (rodata) => writeTrack(rodata, key, options.mode),
    decode({ data, extra, timeout }, names) {
      const out = {
        out_pid: extra.u32(EXTRA.out_pid),
        out_tid: extra.u32(EXTRA.out_tid),
        out_comm: extra.text(EXTRA.out_comm, EXTRA.comm_bytes),
      };
      return {
        key: Object.fromEntries(
          key.map((pair, i) => {
            const bytes = data.bytes(DATA.text + i * DATA.text_bytes, DATA.text_bytes);
            return [pair.in.name, shown(pair.in, data.u64(DATA.value + 8 * i), bytes, names)];
          }),
        ),
        details: { in: options.in, out: options.out, ...(timeout ? { state: 'no out event yet' } : out) },
      };
    },
  };
}

/** @throws TailtrapError `TT_BAD_OBJECT` */
function writeTrack(rodata: DataView, key: readonly KeyPair[], mode: Mode): void {
  const at = findTrack(rodata);
  rodata.setUint32(at + TRACK.fields, key.length, LITTLE_ENDIAN);
  rodata.setUint32(at + TRACK.mode, MODE[mode], LITTLE_ENDIAN);
  key.forEach((pair, i) => {
    writeField(rodata, at + TRACK.in + i * TRACK.field_bytes, pair.in.place);
    writeField(rodata, at + TRACK.out + i * TRACK.field_bytes, pair.out.place);
  });
}

function findTrack(rodata: DataView): number {
  for (let at = 0; at + TRACK.bytes <= rodata.byteLength; at += 8) {
    if (rodata.getBigUint64(at, LITTLE_ENDIAN) === MAGIC) return at;
  }
  throw new TailtrapError('TT_BAD_OBJECT', 'track.bpf.o has no tt_track of this version', {
    next: 'it was built from other sources: run npm run build',
  });
}

function writeField(rodata: DataView, at: number, place: FieldPlace): void {
  rodata.setUint32(at, FIELD_KIND[place.kind], LITTLE_ENDIAN);
  rodata.setUint32(at + 4, place.offset, LITTLE_ENDIAN);
  rodata.setUint32(at + 8, place.size, LITTLE_ENDIAN);
  rodata.setUint32(at + 12, place.signed ? 1 : 0, LITTLE_ENDIAN);
  rodata.setBigInt64(at + 16, place.constant, LITTLE_ENDIAN);
}

/** A key field's value as JSON holds it: numbers beyond 2^53 as decimal text, pointers and bytes in hexadecimal. */
export function shown(field: EventField, value: bigint, text: Uint8Array, names: Names): string | number {
  if (field.class === 'text') {
    const end = text.indexOf(0);
    return Buffer.from(text.subarray(0, end < 0 ? text.length : end)).toString('utf8') + (end < 0 ? '...' : '');
  }
  if (field.class === 'bytes') {
    const bytes = text.subarray(0, Math.min(field.place.size, text.length));
    return Buffer.from(bytes).toString('hex') + (field.place.size > text.length ? '...' : '');
  }
  if (field.style === 'pointer') return `0x${value.toString(16)}`;
  // The kernel's own dev_t: 12 bits major, 20 bits minor (include/linux/kdev_t.h).
  if (field.style === 'device') return names.device(Number((value >> 20n) & 0xfffn), Number(value & 0xfffffn));
  const number = field.place.signed ? BigInt.asIntN(64, value) : value;
  return number >= -(2n ** 53n) && number <= 2n ** 53n ? Number(number) : String(number);
}
