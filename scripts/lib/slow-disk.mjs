/**
 * A disk that is slow on demand, for the demo and the tests: a loop device whose backing disk is throttled by blkio for
 * one cgroup. A program in that cgroup that writes to the loop device waits for real, in a real block request.
 *
 *     program in cgroup -> loop0 (block request: timed) -> file on the real disk, at most N writes a second
 *
 * Works with cgroup v1 (blkio) and v2 (io). Needs root. Everything is undone by remove(), also after a failure midway.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIZE_BYTES = 64 * 1024 * 1024;

export class SlowDisk {
  /** `/dev/loopN`. */
  device = '';
  #undo = [];

  /**
   * @param folder where the backing file goes: on a real disk, not on tmpfs
   * @throws Error with the reason when this machine cannot do it
   */
  constructor(folder = tmpdir()) {
    try {
      this.#make(folder);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #make(folder) {
    const work = mkdtempSync(join(folder, 'tailtrap-disk-'));
    this.#undo.push(() => rmSync(work, { recursive: true, force: true }));
    const image = join(work, 'image');
    writeFileSync(image, '');
    truncateSync(image, SIZE_BYTES);
    // Written once: otherwise the file system allocates blocks during the measurement.
    execFileSync('dd', ['if=/dev/zero', `of=${image}`, 'bs=1M', 'count=64', 'conv=notrunc,fsync'], { stdio: 'ignore' });
    const disk = backingDisk(image);
    this.device = execFileSync('losetup', ['--find', '--show', '--direct-io=on', image], { encoding: 'utf8' }).trim();
    this.#undo.push(() => execFileSync('losetup', ['--detach', this.device]));
    this.cgroup = makeCgroup(disk, this.#undo);
  }

  /** From now on at most so many writes a second reach the disk (2 or more: the kernel's least); 0: no limit. */
  limit(writesPerSecond) {
    this.cgroup.limit(writesPerSecond);
  }

  /** Command and arguments that run a program under the limit: give them to spawn. */
  inside(command, args = []) {
    return ['sh', ['-c', `echo $$ > "$0" && exec "$@"`, this.cgroup.procs, command, ...args]];
  }

  remove() {
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo();
      } catch {
        // the next ones still have to be undone
      }
    }
  }
}

/** `major:minor` of the whole disk below a file. */
function backingDisk(path) {
  const { dev } = statSync(path);
  const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
  const sys = `/sys/dev/block/${number}`;
  if (!existsSync(sys)) throw new Error(`${path} is not on a block device`);
  return existsSync(`${sys}/partition`) ? readFileSync(`${sys}/../dev`, 'utf8').trim() : number;
}

function makeCgroup(disk, undo) {
  const name = `tailtrap-disk-${process.pid}`;
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const v1 = mounts.find(([, , type, options]) => type === 'cgroup' && options.split(',').includes('blkio'));
  const v2 = mounts.find(([, , type]) => type === 'cgroup2');
  const root = (v1 ?? v2)?.[1];
  if (root === undefined) throw new Error('no cgroup with a blkio or io controller is mounted');
  if (v1 === undefined) {
    if (!readFileSync(`${root}/cgroup.controllers`, 'utf8').includes('io'))
      throw new Error('cgroup v2 has no io controller');
    writeFileSync(`${root}/cgroup.subtree_control`, '+io');
  }
  const folder = join(root, name);
  mkdirSync(folder);
  undo.push(() => removeCgroup(folder));
  const file = join(folder, v1 === undefined ? 'io.max' : 'blkio.throttle.write_iops_device');
  const value = (n) => (v1 === undefined ? `${disk} wiops=${n === 0 ? 'max' : n}` : `${disk} ${n}`);
  return { procs: join(folder, 'cgroup.procs'), limit: (n) => writeFileSync(file, value(n)) };
}

/** Its programs have ended, but the kernel may need a moment to let go of the last one. */
function removeCgroup(folder) {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (error.code !== 'EBUSY') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
