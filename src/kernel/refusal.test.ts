import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lacksBtf, refusalOf } from './refusal.ts';

test('the verdict of the verifier is found at the end of its log', () => {
  const messages = [
    "libbpf: prog 'tt_x': BPF program load failed: Invalid argument",
    "libbpf: prog 'tt_x': -- BEGIN PROG LOAD LOG --",
    '; slot = &page->slot[i];',
    '20: (0f) r8 += r1',
    'math between map_value pointer and register with unbounded min value is not allowed',
    'processed 20 insns (limit 1000000) max_states_per_insn 0',
    '-- END PROG LOAD LOG --',
    "libbpf: failed to load object 'x.bpf.o'",
  ];
  assert.match(refusalOf(messages), /^the verifier says: math between map_value pointer/);
});

test('an unreleased reference is a verdict too', () => {
  const messages = [
    '-- BEGIN PROG LOAD LOG --',
    '821: (95) exit',
    'Unreleased reference id=32 alloc_insn=309',
    'processed 1 insns',
    '-- END PROG LOAD LOG --',
  ];
  assert.match(refusalOf(messages), /Unreleased reference/);
});

test('permission, BTF and memory have words of their own', () => {
  assert.match(refusalOf(["libbpf: prog 'x': BPF program load failed: Operation not permitted"]), /refuses BPF here/);
  assert.match(refusalOf(['libbpf: kernel BTF is missing at all']), /no BTF/);
  assert.match(refusalOf(["libbpf: map 'tt_slots': failed to create: Cannot allocate memory(-12)"]), /memory/);
});

test('BTF that was not found is known from what libbpf says', () => {
  assert.ok(lacksBtf(['libbpf: failed to read kernel BTF', 'libbpf: vmlinux BTF is not found']));
  assert.ok(!lacksBtf(["libbpf: failed to find 'sched_x' in vmlinux"]));
});

test('without a reason it says so', () => {
  assert.equal(refusalOf([]), 'libbpf gave no reason');
});
