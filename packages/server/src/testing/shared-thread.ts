import { parentPort } from 'node:worker_threads'
import { serveSqlite } from '../operations/serve-sqlite.js'
import type { Engagement } from './shared-threads.js'

parentPort?.on('message', ({ port, data }: Engagement) => { void serveSqlite(port, data) })
