/** Which kernel events the recorder keeps: groups by name, or single events as `system/event` or `system/*`. */
import { UsageError } from '../../base/errors.ts';

/**
 * The default groups. System calls go through `raw_syscalls`, one pair of events that carry the number and the six
 * registers: see docs of syscalls.ts for why that was chosen over `syscalls/*`.
 */
export const EVENT_GROUPS: Readonly<Record<string, readonly string[]>> = {
  sched: [
    'sched/sched_switch',
    'sched/sched_waking',
    'sched/sched_wakeup',
    'sched/sched_wakeup_new',
    'sched/sched_migrate_task',
    'sched/sched_process_fork',
    'sched/sched_process_exec',
    'sched/sched_process_exit',
    'sched/sched_process_free',
    'sched/sched_pi_setprio',
    // Not an LTTng event: it alone tells whether a new task is a thread or a process (clone_flags).
    'task/task_newtask',
  ],
  irq: ['irq/irq_handler_entry', 'irq/irq_handler_exit'],
  softirq: ['irq/softirq_raise', 'irq/softirq_entry', 'irq/softirq_exit'],
  block: [
    'block/block_rq_insert',
    'block/block_rq_issue',
    'block/block_rq_complete',
    'block/block_rq_requeue',
    'block/block_rq_merge',
    'block/block_getrq',
    'block/block_bio_queue',
    'block/block_bio_complete',
    'block/block_bio_backmerge',
    'block/block_bio_frontmerge',
    'block/block_bio_remap',
    'block/block_split',
    'block/block_plug',
    'block/block_unplug',
  ],
  net: [
    'net/netif_receive_skb',
    'net/netif_rx',
    'net/net_dev_queue',
    'net/net_dev_xmit',
    'napi/napi_poll',
    'skb/kfree_skb',
    'skb/consume_skb',
    'skb/skb_copy_datagram_iovec',
  ],
  syscalls: ['raw_syscalls/sys_enter', 'raw_syscalls/sys_exit'],
  timer: [
    'timer/hrtimer_start',
    'timer/hrtimer_cancel',
    'timer/hrtimer_expire_entry',
    'timer/hrtimer_expire_exit',
    'timer/timer_expire_entry',
    'timer/timer_expire_exit',
  ],
  workqueue: [
    'workqueue/workqueue_queue_work',
    'workqueue/workqueue_activate_work',
    'workqueue/workqueue_execute_start',
    'workqueue/workqueue_execute_end',
  ],
};

export const DEFAULT_EVENT_SET: readonly string[] = Object.keys(EVENT_GROUPS);

/** A bound on what one recorder enables: `system/*` of everything is a few thousand. */
export const MAX_EVENTS = 4096;

const EVENT_NAME = /^[A-Za-z0-9_-]+\/(?:[A-Za-z0-9_-]+|\*)$/;

/**
 * Groups and events to `system/event` names, without repetition; `system/*` stays for the caller to list.
 *
 * @throws UsageError `TT_BAD_EVENT_SET`
 */
export function expandEventSet(set: readonly string[]): string[] {
  const names = new Set<string>();
  for (const item of set) {
    const group = Object.hasOwn(EVENT_GROUPS, item) ? EVENT_GROUPS[item] : undefined;
    if (group !== undefined) for (const name of group) names.add(name);
    else if (EVENT_NAME.test(item)) names.add(item);
    else {
      throw new UsageError('TT_BAD_EVENT_SET', `recorder event '${item}' is not known`, {
        next: `give a group (${Object.keys(EVENT_GROUPS).join(', ')}), or an event as system/event or system/*`,
      });
    }
  }
  return [...names];
}
