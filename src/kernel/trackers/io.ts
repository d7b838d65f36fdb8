import type { TrackerSpec } from './spec.ts';

/** The order of `enum io_class` of bpf/io.bpf.c. */
export const IO_CLASSES = [
  'syscall read',
  'syscall write',
  'syscall read+write',
  'syscall sync',
  'syscall open',
  'syscall close',
  'fs read',
  'fs write',
  'scheduler read',
  'scheduler write',
  'block read',
  'block write',
] as const;

/** Bit of `tt_config.option`: the file system's columns come from io_vfs. */
export const IO_OPTION_VFS = 1n;

const histogramsOnly = {
  threshold_ns: 100 * 86400e9,
  timeout_ns: 0,
  gc_ns: 0,
  slots: 65536,
  extra_bytes: 8,
  decode: () => ({ key: {}, details: {} }),
} as const;

/** Not in the list of trackers: it has histograms, and no outliers. */
export const io: TrackerSpec = {
  ...histogramsOnly,
  name: 'io',
  summary: 'input and output in four layers: histograms only',
  entry: 'sys_enter, block_rq_insert, block_rq_issue',
  exit: 'sys_exit, block_rq_issue, block_rq_complete',
  key: 'tid, request',
  classes: IO_CLASSES,
  data_bytes: 8,
  filters: ['pid', 'tid', 'comm', 'cgroup', 'cpu', 'dev'],
};

/** The file system's columns, where the kernel lets programs be attached to its functions. */
export const ioVfs: TrackerSpec = {
  ...histogramsOnly,
  name: 'io_vfs',
  summary: 'reads and writes of regular files in the file system: histograms only',
  entry: 'vfs_read, vfs_write',
  exit: 'return of vfs_read, vfs_write',
  key: 'tid',
  classes: ['fs read', 'fs write'],
  data_bytes: 8,
  filters: ['pid', 'tid', 'comm', 'cgroup', 'cpu', 'dev'],
};
