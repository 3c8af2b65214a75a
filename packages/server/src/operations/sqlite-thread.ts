import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { serveSqlite, type ThreadData } from './serve-sqlite.js'

void serveSqlite(parentPort as MessagePort, workerData as ThreadData)
