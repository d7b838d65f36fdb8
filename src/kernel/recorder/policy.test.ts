import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outlier } from '../../base/outlier.ts';
import { MAX_OUTLIERS_PER_SNAPSHOT, SnapshotPolicy, type SnapshotPolicyOptions } from './policy.ts';

const outlier = (id: string): Outlier => ({ id }) as Outlier;

/** A clock that tests move; timers fire when it passes them. */
class Fake {
  now_ns = 0;
  readonly taken: string[][] = [];
  #timers: { at: number; run: () => void }[] = [];
  readonly policy: SnapshotPolicy;

  constructor(options: SnapshotPolicyOptions) {
    this.policy = new SnapshotPolicy(options, {
      now_ns: () => this.now_ns,
      timer: (delay_ns, run) => {
        const timer = { at: this.now_ns + delay_ns, run };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((t) => t !== timer);
        };
      },
      take: (outliers) => this.taken.push(outliers.map((o) => o.id)),
    });
  }

  to(now_ns: number): void {
    this.now_ns = now_ns;
    const due = this.#timers.filter((t) => t.at <= now_ns);
    this.#timers = this.#timers.filter((t) => t.at > now_ns);
    for (const timer of due) timer.run();
  }
}

test('outliers while the recorder keeps going share a snapshot; then it is quiet', () => {
  const fake = new Fake({ post_ns: 100, cooldown_ns: 1000 });
  assert.equal(fake.policy.offer(outlier('a')), 'started');
  fake.to(50);
  assert.equal(fake.policy.offer(outlier('b')), 'joined');
  fake.to(100);
  assert.deepEqual(fake.taken, [['a', 'b']]);
  fake.to(1099);
  assert.equal(fake.policy.offer(outlier('c')), 'cooldown');
  fake.to(1100);
  assert.equal(fake.policy.offer(outlier('d')), 'started');
  assert.deepEqual(
    { ...fake.policy.counters },
    { snapshots: 2, joined: 1, inCooldown: 1, overBudget: 0, notListed: 0 },
  );
});

test('a budget of snapshots in a time; it comes back', () => {
  const fake = new Fake({ post_ns: 0, cooldown_ns: 0, budgetCount: 2, budgetWindow_ns: 100 });
  const decisions = [0, 10, 20, 99, 100, 105, 110].map((at) => {
    fake.to(at);
    const decision = fake.policy.offer(outlier(String(at)));
    fake.to(at);
    return decision;
  });
  assert.deepEqual(decisions, ['started', 'started', 'budget', 'budget', 'started', 'budget', 'started']);
});

test('a list has a bound, and an orderly end takes what waits', () => {
  const fake = new Fake({ post_ns: 100 });
  for (let i = 0; i < MAX_OUTLIERS_PER_SNAPSHOT; i++) fake.policy.offer(outlier(String(i)));
  assert.equal(fake.policy.offer(outlier('more')), 'full');
  fake.policy.flush();
  fake.policy.flush();
  fake.to(1000);
  assert.equal(fake.taken.length, 1);
  assert.equal(fake.taken[0]!.length, MAX_OUTLIERS_PER_SNAPSHOT);
});
