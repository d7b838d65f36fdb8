/** Network interfaces: packets and bytes. */
import type { EventType } from '../../trace/event.ts';
import type { NumberColumn } from '../columns.ts';
import type { Model } from '../model.ts';
import { type Handler, type Part, partOf } from '../part.ts';
import { NONE } from '../table.ts';

/** Told of every packet. */
export type PacketListener = (row: number, bytes: number, sent: boolean) => void;

export class Interfaces {
  readonly listeners: PacketListener[] = [];
  readonly model: Model;
  /** As many as the table takes: the rest is refused there. */
  readonly #rows = new Map<string, number>();

  constructor(model: Model) {
    this.model = model;
  }

  row(name: string): number {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = this.model.interfaces.create();
    if (row === NONE) return NONE;
    this.model.interfaces.name.set(row, this.model.texts.number(name));
    this.#rows.set(name, row);
    return row;
  }
}

export function netPart(interfaces: Interfaces): Part {
  const { interfaces: table, texts } = interfaces.model;
  const received = (type: EventType): Handler | null =>
    packets(interfaces, type, table.received_packets, table.received_bytes, false);
  return partOf('net', {
    net_if_receive_skb: received,
    netif_receive_skb: received,
    net_dev_xmit: (type) => packets(interfaces, type, table.sent_packets, table.sent_bytes, true),
    lttng_statedump_network_interface: (type) => {
      const name = type.stringField('name');
      const address = type.numberField('address_ipv4');
      if (name === null) return null;
      return (event) => {
        const row = interfaces.row(name(event));
        const number = address === null ? 0 : address(event);
        if (row !== NONE && number !== 0) table.address.set(row, texts.number(ipv4Text(number)));
      };
    },
  });
}

function packets(
  interfaces: Interfaces,
  type: EventType,
  count: NumberColumn,
  bytes: NumberColumn,
  sent: boolean,
): Handler | null {
  const name = type.stringField('name');
  const length = type.numberField('len');
  const result = sent ? type.numberField('rc') : null;
  if (name === null || length === null) return null;
  const { sendErrors } = interfaces.model.interfaces;
  return (event) => {
    const row = interfaces.row(name(event));
    if (row === NONE) return;
    // NETDEV_TX_OK is 0; a busy device gets the packet again.
    if (result !== null && result(event) !== 0) {
      sendErrors.add(row, 1);
      return;
    }
    count.add(row, 1);
    bytes.add(row, length(event));
    for (const listener of interfaces.listeners) listener(row, length(event), sent);
  };
}

function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
