#!/usr/bin/env node
// Committed rather than built: npm makes no link for a bin that does not exist yet when it installs.
// CommonJS, because Node 20 reads an ES module that it is started with through the very threads that are counted here.
'use strict'
const { existsSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { setFlagsFromString } = require('node:v8')

giveGarbageCollectionHalfTheCores()

// Looking up a host takes one of libuv's threads until the DNS server answers or times out, and libuv lets look-ups have
// half of them: of the usual four, two slow hosts would hold up every other. Threads that wait cost nothing.
process.env.UV_THREADPOOL_SIZE ??= '32'

// Left alone, V8 lets the heap double and more between two collections wherever the machine has memory: draining a
// backlog took 400 MB of which 70 were in use. With this it takes 270, for the same speed.
setFlagsFromString('--heap-growing-percent=50')
// For the threads that are still to come, the database's: what a turn leaves behind is gone with it, and needs no more room.
setFlagsFromString('--max-semi-space-size=6')

if (existsSync(join(__dirname, '../dist/main.js'))) {
  void import('../dist/main.js')
} else {
  process.stderr.write('posthorn: it is not built yet. In the repository, run: npm run build\n')
  process.exitCode = 1
}

/**
 * V8 marks a heap with four threads whatever the machine has. On two cores they take both for a tenth of a second, every
 * few seconds under load, and all that is under way waits: publish to receipt beside a backlog, 50 ms at p99 instead of 30.
 * How many there are is settled before any script runs, so a server starts once more with as many as it should have, as the
 * same process. Node 20 can't do that: see docs/deploying.md.
 */
function giveGarbageCollectionHalfTheCores() {
  const threads = Math.max(1, Math.floor(availableParallelism() / 2))
  const isServer = ['serve', 'dev'].includes(process.argv[2])
  const isSettled = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) => option.includes('--v8-pool-size'))
  // A parent's channel and a debugger's connection would not live through it.
  const isHeld = process.channel !== undefined || process.execArgv.some((option) => option.startsWith('--inspect'))
  if (threads >= 4 || !isServer || isSettled || isHeld || process.execve === undefined || process.platform === 'win32') return
  process.execve(process.execPath, [process.execPath, ...process.execArgv, `--v8-pool-size=${threads}`, ...process.argv.slice(1)], process.env)
}
