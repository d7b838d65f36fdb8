/**
 * How ftrace events become LTTng kernel events: names and fields as lttng-modules 2.13 records them, so that LTTng's tools
 * and Trace Compass know them (compared with the metadata of real LTTng traces; instrumentation/events/*.h there).
 *
 * A field is `name` or `name=source`, a colon and how it is made:
 *     i32 u32 i64 u64 x64 u16 u8   an integer, widened or cut from the record's
 *     text       16 bytes, from `char[16]` or `__data_loc char[]`
 *     string     NUL-terminated, from either
 *     prio       i32, the kernel's priority minus 100 (MAX_RT_PRIO): LTTng counts real-time below 0 and nice 0 as 20
 *     rwbs       u32 of flags from the letters of blk_fill_rwbs()
 *     self       i32, the thread that ran (common_pid)
 *     tgid       i32, the process of the thread in the source field
 *     symbol     an enumeration with the labels of the kernel's print format
 * A field whose source a kernel lacks is left out of that kernel's event.
 */
const BIO = 'dev:u32 sector:u64 nr_sector:u32 rwbs:rwbs tid:self comm:text';
const REQUEST = 'dev:u32 sector:u64 nr_sector:u32 bytes:u32 tid:self rwbs:rwbs comm:text';
const WAKEUP = 'comm:text tid=pid:i32 prio:prio target_cpu:i32';
const TASK = 'comm:text tid=pid:i32 prio:prio';
const SKB = 'skbaddr:x64 len:u32 name:string';

/** `system/event` of ftrace to the LTTng name and fields. */
export const LTTNG_EVENTS: Readonly<Record<string, readonly [name: string, fields: string]>> = {
  'sched/sched_switch': [
    'sched_switch',
    'prev_comm:text prev_tid=prev_pid:i32 prev_prio:prio prev_state:i64 next_comm:text next_tid=next_pid:i32 next_prio:prio',
  ],
  'sched/sched_waking': ['sched_waking', WAKEUP],
  'sched/sched_wakeup': ['sched_wakeup', WAKEUP],
  'sched/sched_wakeup_new': ['sched_wakeup_new', WAKEUP],
  'sched/sched_migrate_task': ['sched_migrate_task', `${TASK} orig_cpu:i32 dest_cpu:i32`],
  'sched/sched_process_fork': [
    'sched_process_fork',
    'parent_comm:text parent_tid=parent_pid:i32 parent_pid=parent_pid:tgid child_comm:text child_tid=child_pid:i32 child_pid=child_pid:tgid',
  ],
  'sched/sched_process_exec': ['sched_process_exec', 'filename:string tid=pid:i32 old_tid=old_pid:i32'],
  'sched/sched_process_exit': ['sched_process_exit', TASK],
  'sched/sched_process_free': ['sched_process_free', TASK],
  'sched/sched_process_wait': ['sched_process_wait', TASK],
  'sched/sched_wait_task': ['sched_wait_task', TASK],
  'sched/sched_pi_setprio': ['sched_pi_setprio', 'comm:text tid=pid:i32 oldprio:prio newprio:prio'],
  'sched/sched_stat_wait': ['sched_stat_wait', 'comm:text tid=pid:i32 delay:u64'],
  'sched/sched_stat_sleep': ['sched_stat_sleep', 'comm:text tid=pid:i32 delay:u64'],
  'sched/sched_stat_iowait': ['sched_stat_iowait', 'comm:text tid=pid:i32 delay:u64'],
  'sched/sched_stat_blocked': ['sched_stat_blocked', 'comm:text tid=pid:i32 delay:u64'],
  'sched/sched_stat_runtime': ['sched_stat_runtime', 'comm:text tid=pid:i32 runtime:u64 vruntime:u64'],
  'irq/irq_handler_entry': ['irq_handler_entry', 'irq:i32 name:string'],
  'irq/irq_handler_exit': ['irq_handler_exit', 'irq:i32 ret:i32'],
  'irq/softirq_raise': ['irq_softirq_raise', 'vec:u32'],
  'irq/softirq_entry': ['irq_softirq_entry', 'vec:u32'],
  'irq/softirq_exit': ['irq_softirq_exit', 'vec:u32'],
  'block/block_rq_insert': ['block_rq_insert', REQUEST],
  'block/block_rq_issue': ['block_rq_issue', REQUEST],
  'block/block_rq_merge': ['block_rq_merge', REQUEST],
  'block/block_rq_complete': ['block_rq_complete', 'dev:u32 sector:u64 nr_sector:u32 error:i32 rwbs:rwbs'],
  'block/block_rq_requeue': ['block_rq_requeue', 'dev:u32 sector:u64 nr_sector:u32 rwbs:rwbs'],
  'block/block_rq_remap': ['block_rq_remap', 'dev:u32 sector:u64 nr_sector:u32 old_dev:u32 old_sector:u64 rwbs:rwbs'],
  'block/block_getrq': ['block_getrq', BIO],
  'block/block_bio_queue': ['block_bio_queue', BIO],
  'block/block_bio_frontmerge': ['block_bio_frontmerge', BIO],
  'block/block_bio_backmerge': ['block_bio_backmerge', BIO],
  'block/block_bio_bounce': ['block_bio_bounce', BIO],
  'block/block_bio_complete': ['block_bio_complete', 'dev:u32 sector:u64 nr_sector:u32 error:i32 rwbs:rwbs'],
  'block/block_bio_remap': ['block_bio_remap', 'dev:u32 sector:u64 nr_sector:u32 rwbs:rwbs old_dev:u32 old_sector:u64'],
  'block/block_split': ['block_split', 'dev:u32 sector:u64 rwbs:rwbs new_sector:u64 tid:self comm:text'],
  'block/block_plug': ['block_plug', 'tid:self comm:text'],
  'block/block_unplug': ['block_unplug', 'nr_rq:i32 tid:self comm:text'],
  'net/netif_receive_skb': ['net_if_receive_skb', SKB],
  'net/netif_rx': ['net_if_rx', SKB],
  'net/net_dev_queue': ['net_dev_queue', SKB],
  'net/net_dev_xmit': ['net_dev_xmit', 'skbaddr:x64 rc:i32 len:u32 name:string'],
  'napi/napi_poll': ['napi_poll', 'napi:x64 dev_name:string work:i32 budget:i32'],
  'skb/kfree_skb': ['skb_kfree', 'skbaddr:x64 location:x64 protocol:u16 reason:symbol'],
  'skb/consume_skb': ['skb_consume', 'skbaddr:x64'],
  'skb/skb_copy_datagram_iovec': ['skb_copy_datagram_iovec', 'skbaddr:x64 len:i32'],
  'timer/hrtimer_init': ['timer_hrtimer_init', 'hrtimer:x64 clockid:i32 mode:u32'],
  // Renamed in Linux 6.15.
  'timer/hrtimer_setup': ['timer_hrtimer_init', 'hrtimer:x64 clockid:i32 mode:u32'],
  'timer/hrtimer_start': ['timer_hrtimer_start', 'hrtimer:x64 function:x64 expires:i64 softexpires:i64 mode:u32'],
  'timer/hrtimer_expire_entry': ['timer_hrtimer_expire_entry', 'hrtimer:x64 now:i64 function:x64'],
  'timer/hrtimer_expire_exit': ['timer_hrtimer_expire_exit', 'hrtimer:x64'],
  'timer/hrtimer_cancel': ['timer_hrtimer_cancel', 'hrtimer:x64'],
  'timer/timer_init': ['timer_init', 'timer:x64'],
  'timer/timer_start': ['timer_start', 'timer:x64 function:x64 expires:u64 now:u64 flags:u32'],
  'timer/timer_expire_entry': ['timer_expire_entry', 'timer:x64 now:u64 function:x64 baseclk:u64'],
  'timer/timer_expire_exit': ['timer_expire_exit', 'timer:x64'],
  'timer/timer_cancel': ['timer_cancel', 'timer:x64'],
  'timer/itimer_state': [
    'timer_itimer_state',
    'which:i32 expires:u64 value_sec:i64 value_nsec:i64 interval_sec:i64 interval_nsec:i64',
  ],
  'timer/itimer_expire': ['timer_itimer_expire', 'which:i32 pid:i32 now:u64'],
  'workqueue/workqueue_queue_work': ['workqueue_queue_work', 'work:x64 function:x64 req_cpu:u32'],
  'workqueue/workqueue_activate_work': ['workqueue_activate_work', 'work:x64 function:x64'],
  'workqueue/workqueue_execute_start': ['workqueue_execute_start', 'work:x64 function:x64'],
  'workqueue/workqueue_execute_end': ['workqueue_execute_end', 'work:x64 function:x64'],
  'power/cpu_idle': ['power_cpu_idle', 'state:u32 cpu_id:u32'],
  'power/cpu_frequency': ['power_cpu_frequency', 'state:u32 cpu_id:u32'],
};

/** One parsed field of the table. */
export interface FieldRule {
  readonly name: string;
  readonly source: string;
  readonly how: string;
}

export function parseRules(fields: string): FieldRule[] {
  return fields.split(' ').map((field) => {
    const [left, how] = field.split(':') as [string, string];
    const [name, source] = left.split('=') as [string, string | undefined];
    return { name, source: source ?? name, how };
  });
}

/** C arguments of type `const char *` that LTTng reads as text; ftrace has the address only (see syscalls.ts). */
export const SYSCALL_TEXT_ARGUMENTS: ReadonlySet<string> = new Set([
  'filename',
  'pathname',
  'name',
  'oldname',
  'newname',
  '_type',
  'u_name',
  'specialfile',
  'path',
  'name_user',
  'dev_name',
  'dir_name',
  'type',
  'new_root',
  'put_old',
]);
