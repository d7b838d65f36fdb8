/** Pages that were allocated and freed, by process and for the machine; pages written back, and calls on kswapd. */
import type { EventType } from '../../trace/event.ts';
import type { NumberColumn } from '../columns.ts';
import { type Handler, type HandlerMaker, type Part, partOf } from '../part.ts';
import { NONE } from '../table.ts';
import { type Threads, tidContext } from '../threads.ts';

/** MAX_ORDER of the kernel is 11; more is damage. */
const MAX_ORDER = 20;

export function memoryPart(threads: Threads): Part {
  const { machine, processes } = threads.model;
  let row = NONE;
  const only = (): number => {
    if (row === NONE) row = machine.create();
    return row;
  };
  const pages = (of: NumberColumn, total: NumberColumn): HandlerMaker => {
    return (type) => pageHandler(threads, type, of, total, only);
  };
  const allocated = pages(processes.pagesAllocated, machine.pagesAllocated);
  const freed = pages(processes.pagesFreed, machine.pagesFreed);
  return partOf('memory', {
    kmem_mm_page_alloc: allocated,
    mm_page_alloc: allocated,
    kmem_mm_page_free: freed,
    mm_page_free: freed,
    writeback_pages_written: (type) => {
      const count = type.numberField('pages');
      return count === null ? null : (event) => machine.pagesWritten.add(only(), Math.max(0, count(event)));
    },
    mm_vmscan_wakeup_kswapd: () => () => machine.reclaimed.add(only(), 1),
  });
}

function pageHandler(
  threads: Threads,
  type: EventType,
  of: NumberColumn,
  total: NumberColumn,
  machine: () => number,
): Handler | null {
  const order = type.numberField('order');
  const context = tidContext(type);
  return (event) => {
    const power = order === null ? 0 : order(event);
    const count = power >= 0 && power <= MAX_ORDER ? 2 ** power : 1;
    total.add(machine(), count);
    const task = threads.current(event, context);
    if (task === NONE || threads.model.tasks.tid.data[task] === 0) return;
    const process = threads.processOf(task);
    if (process !== NONE) of.add(process, count);
  };
}
