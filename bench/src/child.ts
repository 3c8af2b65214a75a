import { type ChildProcess, fork } from 'node:child_process'

type Commands = Record<string, (argument: never) => unknown>

interface Call {
  number: number
  command: string
  argument: unknown
}

type Reply = { number: number; result: unknown } | { number: number; error: string }

/** A process of the harness that does what it is asked, one answer per question. */
export class Child<Known extends Commands> {
  readonly pid: number
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  #asked = 0

  /** Starts the compiled `file` beside this one. */
  constructor(file: string) {
    this.#process = fork(new URL(file, import.meta.url), { serialization: 'advanced', execArgv: ['--max-semi-space-size=32'] })
    this.pid = this.#process.pid ?? 0
    this.#process.on('message', (reply: Reply) => this.#hear(reply))
    this.#process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended (${signal ?? code}) before it answered.`))
      this.#waiting.clear()
    })
  }

  ask<Name extends keyof Known & string>(command: Name, ...argument: Parameters<Known[Name]>): Promise<Awaited<ReturnType<Known[Name]>>> {
    const number = ++this.#asked
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.set(number, { resolve, reject }))
    this.#process.send({ number, command, argument: argument[0] } satisfies Call, (error) => {
      if (error !== null) this.#hear({ number, error: error.message })
    })
    return answered as Promise<Awaited<ReturnType<Known[Name]>>>
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
  }

  #hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number)
    this.#waiting.delete(reply.number)
    if ('error' in reply) waiting?.reject(new Error(reply.error))
    else waiting?.resolve(reply.result)
  }
}

/** In the child: answers the parent's questions, and ends when the parent is gone. */
export function answerParent(commands: Commands): void {
  process.on('message', async ({ number, command, argument }: Call) => {
    try {
      const result = await commands[command]?.(argument as never)
      process.send?.({ number, result } satisfies Reply)
    } catch (error) {
      process.send?.({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Reply)
    }
  })
  process.on('disconnect', () => process.exit())
}

/** CPU this process has used so far, user and system, in microseconds. */
export function ownCpuUs(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return userCPUTime + systemCPUTime
}
