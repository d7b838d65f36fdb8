/** All tables, their history, and what is kept of the dead until the window has passed. */
import { CallNames } from './calls/numbers.ts';
import { Journal } from './journal.ts';
import { ALIVE, type Graveyard, type Table } from './table.ts';
import { CpuTable } from './tables/cpus.ts';
import { DiskTable, InterfaceTable, InterruptTable, MachineTable, RequestTable } from './tables/devices.ts';
import { FdSetTable, FdTable, FileTable } from './tables/files.ts';
import { ProcessTable } from './tables/processes.ts';
import { TaskTable } from './tables/tasks.ts';
import { Texts } from './texts.ts';

/** The kernel has at most 8192. */
const MAX_CPUS = 8192;
/** Devices, interfaces and interrupts: far more than machines have; a bound for damaged input. */
const MAX_DEVICES = 16_384;
/** dm and md machines have thousands of requests in flight. */
const MAX_REQUESTS = 65_536;
/** More than there are tables: a row and its table in one number. */
const TABLES = 16;
/** Dead rows that wait in the queue before it is compacted. */
const COMPACT_AT = 1024;

export interface ModelLimits {
  /** Detailed history, nanoseconds. */
  readonly window_ns: number;
  /** Records of the history; when they do not suffice, the window becomes shorter, and that is counted. */
  readonly maxChanges: number;
  /** Threads, and as many processes; also of the dead ones that the window still shows. */
  readonly maxTasks: number;
  /** File descriptors of all processes; as many open files. */
  readonly maxFds: number;
}

export const DEFAULT_LIMITS: ModelLimits = {
  // The talk's.
  window_ns: 10_000_000_000,
  // 143 MB when full: 10 s of some 100,000 events a second.
  maxChanges: 2 ** 22,
  // Twice what the kernel's default threads-max is on a small server.
  maxTasks: 2 ** 18,
  maxFds: 2 ** 20,
};

export class Model implements Graveyard {
  readonly limits: ModelLimits;
  readonly journal: Journal;
  readonly texts: Texts = new Texts();
  readonly calls: CallNames = new CallNames();
  readonly cpus: CpuTable;
  readonly tasks: TaskTable;
  readonly processes: ProcessTable;
  readonly fdSets: FdSetTable;
  readonly fds: FdTable;
  readonly files: FileTable;
  readonly disks: DiskTable;
  readonly requests: RequestTable;
  readonly interfaces: InterfaceTable;
  readonly interrupts: InterruptTable;
  readonly machine: MachineTable;
  readonly tables: readonly Table[];
  /** Dead rows freed before the window had passed, because their table was full. */
  hurried = 0;
  /** Told when a row's place may be used again. */
  readonly onFree: ((table: Table, row: number) => void)[] = [];
  /** Row * TABLES + place of its table: numbers, as on a busy machine thousands die in a second. */
  #dead: number[] = [];
  #firstDead = 0;

  constructor(limits: ModelLimits = DEFAULT_LIMITS) {
    this.limits = limits;
    const journal = new Journal(limits.maxChanges);
    this.journal = journal;
    const { maxTasks, maxFds } = limits;
    this.cpus = new CpuTable('cpu', journal, this, MAX_CPUS);
    this.tasks = new TaskTable('task', journal, this, maxTasks);
    this.processes = new ProcessTable('process', journal, this, maxTasks);
    this.fdSets = new FdSetTable('fds', journal, this, maxTasks);
    this.fds = new FdTable('fd', journal, this, maxFds);
    this.files = new FileTable('file', journal, this, maxFds);
    this.disks = new DiskTable('disk', journal, this, MAX_DEVICES);
    this.requests = new RequestTable('request', journal, this, MAX_REQUESTS);
    this.interfaces = new InterfaceTable('interface', journal, this, MAX_DEVICES);
    this.interrupts = new InterruptTable('interrupt', journal, this, MAX_DEVICES);
    this.machine = new MachineTable('machine', journal, this, 1);
    this.tables = [
      this.cpus,
      this.tasks,
      this.processes,
      this.fdSets,
      this.fds,
      this.files,
      this.disks,
      this.requests,
      this.interfaces,
      this.interrupts,
      this.machine,
    ];
  }

  dead(table: Table, row: number): void {
    this.#dead.push(row * TABLES + this.tables.indexOf(table));
  }

  makeRoom(table: Table): boolean {
    // In the order in which they died, so that the past ends at one moment for all.
    while (this.#firstDead < this.#dead.length) {
      const next = this.#dead[this.#firstDead++]!;
      const itsTable = this.tables[next % TABLES]!;
      const row = Math.floor(next / TABLES);
      this.journal.trim(itsTable.died.data[row]!);
      this.#free(itsTable, row);
      this.hurried++;
      if (itsTable === table) return true;
    }
    return false;
  }

  /** Forgets what is older than the window. Cheap when there is nothing to forget. */
  collect(): void {
    const { journal } = this;
    const end = journal.now - this.limits.window_ns;
    journal.trim(end);
    const dead = this.#dead;
    while (this.#firstDead < dead.length) {
      const next = dead[this.#firstDead]!;
      const table = this.tables[next % TABLES]!;
      const row = Math.floor(next / TABLES);
      if (table.died.data[row]! > end) break;
      this.#firstDead++;
      this.#free(table, row);
    }
    if (this.#firstDead >= COMPACT_AT && this.#firstDead * 2 > dead.length) {
      this.#dead = dead.slice(this.#firstDead);
      this.#firstDead = 0;
    }
    if (this.texts.isDue) this.texts.sweep(this.tables, journal);
  }

  /** Dead rows that the window still shows. */
  get deadRows(): number {
    return this.#dead.length - this.#firstDead;
  }

  /** Bytes of tables, history and texts. */
  get bytes(): number {
    return this.journal.bytes + this.texts.bytes + this.tables.reduce((sum, table) => sum + table.bytes, 0);
  }

  exists(table: Table, row: number): boolean {
    return table.died.data[row] === ALIVE;
  }

  #free(table: Table, row: number): void {
    for (const told of this.onFree) told(table, row);
    table.free(row);
  }
}
