import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFdFlags, parseInterrupts, parsePartitions, parseStat } from './proc.ts';

test('stat with a name of spaces and brackets', () => {
  const fields = Array.from({ length: 50 }, (_, i) => String(i + 3));
  fields[0] = 'S';
  fields[6] = String(0x00200040);
  const stat = parseStat(`12 (a) b (c)) ${fields.join(' ')}\n`)!;
  assert.deepEqual(stat, { comm: 'a) b (c)', state: 'S', ppid: 4, isKernelThread: true, start_ticks: 22, cpu: 39 });
  assert.equal(parseStat(''), null);
  assert.equal(parseStat('1 (x'), null);
});

test('interrupts: an entry for each action, none for lines without a number', () => {
  const text = `           CPU0       CPU1
  1:          0          9   IO-APIC   1-edge      i8042
 24:          5          0   PCI-MSIX-0000:00:02.0   0-edge      virtio1-config
 25:          1          1   IO-APIC   5-fasteoi   ACPI:Ged, other one
NMI:          0          0   Non-maskable interrupts
 26:          1          1   IO-APIC   6-edge
`;
  assert.deepEqual(parseInterrupts(text), [
    { irq: 1, chip: 'IO-APIC', action: 'i8042' },
    { irq: 24, chip: 'PCI-MSIX-0000:00:02.0', action: 'virtio1-config' },
    { irq: 25, chip: 'IO-APIC', action: 'ACPI:Ged' },
    { irq: 25, chip: 'IO-APIC', action: 'other one' },
  ]);
  assert.deepEqual(parseInterrupts(''), []);
});

test('partitions and open flags', () => {
  assert.deepEqual(parsePartitions('major minor  #blocks  name\n\n 254        0   52428800 vda\n'), [
    { dev: 254 * 2 ** 20, name: 'vda' },
  ]);
  assert.equal(parseFdFlags('pos:\t0\nflags:\t02100002\nmnt_id:\t1\n'), 0o2100002);
  assert.equal(parseFdFlags(''), 0);
});
