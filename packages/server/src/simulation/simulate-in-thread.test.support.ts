import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from './simulate.test.support.js'

const { seed, steps } = workerData as { seed: number; steps: number }
parentPort?.postMessage(await simulate(seed, steps))
