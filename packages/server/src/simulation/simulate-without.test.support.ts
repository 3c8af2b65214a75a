import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Rule } from './rules.test.support.js'
import type { Simulated } from './simulate.test.support.js'

const compiled = fileURLToPath(new URL('..', import.meta.url))

/** Runs the simulation on a copy of the product from which one rule has been taken out. */
export async function simulateWithout(rule: Rule, steps: number, seed = rule.seed): Promise<Simulated> {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-without-a-rule-'))
  try {
    cpSync(compiled, folder, { recursive: true, filter: (path) => !/\.(d\.ts|map)$|\.test\.js$/.test(path) })
    symlinkSync(modulesFolder(), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    for (const { file, replace } of rule.without) {
      let text = readFileSync(join(folder, file), 'utf8')
      for (const [from, to] of replace) {
        if (text.split(from).length !== 2) throw new Error(`${file} does not hold "${from}" exactly once. Where is "${rule.name}" now?`)
        text = text.replace(from, () => to)
      }
      writeFileSync(join(folder, file), text)
    }
    return await runInThread(join(folder, 'simulation/simulate-in-thread.test.support.js'), { seed, steps })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where the dependencies lie that the product imports. */
function modulesFolder(): string {
  const pool = createRequire(import.meta.url).resolve('pg')
  return pool.slice(0, pool.lastIndexOf(join('node_modules', 'pg')) + 'node_modules'.length)
}

function runInThread(file: string, workerData: { seed: number; steps: number }): Promise<Simulated> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(file, { workerData })
    thread.once('message', (simulated: Simulated) => {
      resolve(simulated)
      void thread.terminate()
    })
    thread.once('error', reject)
  })
}
