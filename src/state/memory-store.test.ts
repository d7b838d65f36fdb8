import assert from 'node:assert/strict';
import test from 'node:test';
import { MemoryStore } from './memory-store.ts';
import { storeCases } from './store-cases.test.data.ts';

for (const { name, run } of storeCases(async (clock) => new MemoryStore({ clock_ms: () => clock.now_ms }), assert)) {
  test(name, run);
}
