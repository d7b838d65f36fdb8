#!/usr/bin/env node
/**
 * Does every tracker load and catch on this kernel? Each is given one latency of about a second, and has to report it with
 * the delay that an independent clock shows and with the fields that its page promises. Made for machines on which
 * milliseconds mean nothing (scripts/test-in-guest.mjs: emulation); the exact tests are in test/kernel.
 *
 *     node test/guest/catch.mjs [NAME...]      as root; NAME: only these cases
 *
 * Prints a line per case, `NAME: ok | failed: reason | skipped: reason`, and a summary. Exit status 1 if one failed.
 * In the environment: TMPDIR, a folder on a real disk (block); TAILTRAP_TEST_PROGRAMS, see programs.mjs; and
 * TAILTRAP_TEST_SNAPSHOT, a folder into which the agent's snapshot is copied for checkCopied() of snapshot.mjs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { needRoot } from '../kernel/lib.mjs';
import { agent, doctor, track } from './cases/commands.mjs';
import { block, io } from './cases/disk.mjs';
import { irq, softirq, timer, workqueue } from './cases/interrupts.mjs';
import { net, ttfb } from './cases/network.mjs';
import { offcpu, syscall, wakeup } from './cases/tasks.mjs';
import { CASE_LIMIT_MS, Case, Skipped } from './harness.mjs';
import { leftoversSince } from './leftovers.mjs';
import { compilePrograms } from './programs.mjs';

/** In the order in which they run. */
const CASES = { doctor, block, wakeup, offcpu, syscall, irq, softirq, timer, net, workqueue, ttfb, track, io, agent };

/** A case that hangs fails; what it started is ended with it. */
async function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${CASE_LIMIT_MS / 1000} s`)), CASE_LIMIT_MS);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const inOneLine = (error) =>
  String(error?.message ?? error)
    .trim()
    .replace(/\s+/g, ' ')
    .slice(0, 2000);

/** Runs one case with its end. @returns 'ok', 'failed: ...' or 'skipped: ...' */
async function verdict(name, programs) {
  const t = new Case(programs);
  const leftovers = leftoversSince();
  let said = 'ok';
  const failed = (error) => {
    said = `failed: ${inOneLine(error)}`;
  };
  try {
    await inTime(CASES[name](t));
  } catch (error) {
    if (error instanceof Skipped) said = `skipped: ${inOneLine(error)}`;
    else failed(error);
  }
  try {
    await t.end();
    const left = await leftovers(t.pids);
    if (left.length > 0 && said === 'ok') failed(`left behind: ${left.join(', ')}`);
  } catch (error) {
    if (said === 'ok') failed(error);
  }
  return said;
}

async function main(names) {
  const unknown = names.filter((name) => CASES[name] === undefined);
  if (unknown.length > 0) {
    console.error(`no such case: ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`);
    return 2;
  }
  const given = process.env.TAILTRAP_TEST_PROGRAMS;
  const programs = given ?? mkdtempSync(join(tmpdir(), 'tailtrap-programs-'));
  const counts = { ok: 0, failed: 0, skipped: 0 };
  try {
    if (given === undefined && !needRoot()) compilePrograms(programs);
    console.log(`Linux ${release()}`);
    for (const name of names.length > 0 ? names : Object.keys(CASES)) {
      const began = Date.now();
      const said = needRoot() ? `skipped: ${needRoot()}` : await verdict(name, programs);
      counts[said.split(':')[0]]++;
      console.log(`${name}: ${said}${said === 'ok' ? ` (${((Date.now() - began) / 1000).toFixed(1)} s)` : ''}`);
    }
  } finally {
    if (given === undefined) rmSync(programs, { recursive: true, force: true });
  }
  console.log(`${counts.ok} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 ? 1 : 0;
}

process.exit(await main(process.argv.slice(2)));
