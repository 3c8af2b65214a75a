/** Settings that cannot be used; all that is wrong with them at once. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration'

  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'))
  }
}

/** What a person reads when a command could not do what it was asked. */
export function tellFailure(error: unknown): string[] {
  if (error instanceof BadConfiguration) {
    const { mistakes } = error
    return [`posthorn: the configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}.`, '', ...mistakes.map((mistake) => `  - ${mistake}`), '', '`posthorn config` shows every setting and where it comes from; docs/configuration.md explains them.']
  }
  if (!(error instanceof Error)) return [`posthorn: ${String(error)}`]
  return [`posthorn: ${listenFailure(error) ?? error.message}`, ...causesOf(error)]
}

function listenFailure(error: Error): string | undefined {
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (syscall !== 'listen' && syscall !== 'bind' && syscall !== 'getaddrinfo') return undefined
  if (code === 'EADDRINUSE') return `Port ${port} is taken: another program listens there. Stop it, or choose another port: --port ${(port ?? 4000) + 1}`
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose a port of 1024 or above: --port 4000`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${address ?? 'The host'} is not an address of this machine. Set HOST to one that is: 127.0.0.1 is this machine only, 0.0.0.0 every address.`
  return undefined
}

function causesOf(error: Error): string[] {
  return error.cause instanceof Error ? [`  because: ${error.cause.message}`, ...causesOf(error.cause)] : []
}
