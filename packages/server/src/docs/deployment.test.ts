import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { settingEntries } from '../config/settings.js'
import { PosthornProcess } from '../testing/posthorn-process.js'

// What can be shown of the image, the compose file and the chart without a container runtime or a cluster.

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const chart = join(root, 'deploy/helm/posthorn')
const knownEnv = new Set(settingEntries().map(([, { env }]) => env))

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n')
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
  const argsOf = (instruction: string): string[] => JSON.parse(last.find((line) => line.startsWith(`${instruction} `))?.slice(instruction.length) ?? 'null') as string[]

  test('starts the server itself, with no shell that keeps SIGTERM from it, as a user that is not root', () => {
    expect(argsOf('ENTRYPOINT')).toEqual(['node', '/app/packages/server/bin/posthorn.js'])
    expect(argsOf('CMD')).toEqual(['serve'])
    expect(last).toContain('USER 1000:1000')
  })

  test('is given every package by .dockerignore, and nothing that was installed or built', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const folder of (JSON.parse(read('package.json')) as { workspaces: string[] }).workspaces) expect(ignored).toContain(`!${folder.split('/')[0]}`)
    for (const path of ['packages', 'package-lock.json', 'tsconfig.json', 'LICENSE']) expect(existsSync(join(root, path)), path).toBe(true)
    expect(ignored).toEqual(expect.arrayContaining(['*', '**/node_modules', '**/dist']))
  })

  test('has a health check that says whether a server is ready', async () => {
    const [, command] = /^HEALTHCHECK .*? CMD (\[.*\])$/.exec(last.find((line) => line.startsWith('HEALTHCHECK ')) as string) as RegExpExecArray
    const [program, ...args] = JSON.parse(command as string) as string[]
    expect(program).toBe('node')
    const folder = mkdtempSync(join(tmpdir(), 'posthorn-image-'))
    const server = await PosthornProcess.start(['dev', '--inspector', 'off'], { folder })
    const isHealthy = (): number | null => spawnSync(process.execPath, args, { env: { PORT: new URL(server.url).port } }).status
    expect(isHealthy()).toBe(0)
    await server.kill()
    expect(isHealthy()).toBe(1)
    rmSync(folder, { recursive: true, force: true })
  })
})

describe('compose.yaml', () => {
  interface Service { environment: Record<string, string>; hostname?: string; depends_on?: object; healthcheck: object; read_only?: boolean; stop_grace_period: string }
  const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> }
  const { postgres, ...nodes } = services

  test('starts PostgreSQL and two nodes under names that stay, each when PostgreSQL is healthy', () => {
    expect(postgres?.healthcheck).toBeDefined()
    expect(Object.values(nodes).map(({ hostname }) => hostname)).toEqual(['posthorn-1', 'posthorn-2'])
    for (const node of Object.values(nodes)) expect(node).toMatchObject({ read_only: true, stop_grace_period: '30s', depends_on: { postgres: { condition: 'service_healthy' } }, healthcheck: { interval: '10s' } })
  })

  test('refuses to start without an encryption key, and sets nothing that is no setting', () => {
    for (const { environment } of Object.values(nodes)) {
      expect(environment['POSTHORN_ENCRYPTION_KEY']).toMatch(/^\$\{POSTHORN_ENCRYPTION_KEY:\?is not set\. Make one with "openssl rand -base64 32"/)
      for (const name of Object.keys(environment)) expect(knownEnv, name).toContain(name)
    }
  })
})

test('the chart\'s own YAML can be read, and its schema names exactly its values', () => {
  expect(parse(read('deploy/helm/posthorn/Chart.yaml'))).toMatchObject({ apiVersion: 'v2', name: 'posthorn', appVersion: (JSON.parse(read('packages/server/package.json')) as { version: string }).version })
  const values = parse(read('deploy/helm/posthorn/values.yaml')) as object
  const { properties } = JSON.parse(read('deploy/helm/posthorn/values.schema.json')) as { properties: object }
  expect(Object.keys(properties).filter((name) => name !== 'global').sort()).toEqual(Object.keys(values).sort())
})

const hasHelm = spawnSync('helm', ['version']).status === 0
if (!hasHelm) process.stderr.write('\nNo helm on the PATH: the chart is neither linted nor rendered. docs/deploying.md says how to get one.\n\n')

describe.skipIf(!hasHelm)('the chart, rendered by helm', () => {
  type Rendered = Record<string, any> // oxlint-disable-line typescript/no-explicit-any
  let all: Rendered[]
  const everything = ['existingSecret=secrets', 'autoscaling.enabled=true', 'serviceMonitor.enabled=true', 'ingress.enabled=true', 'ingress.host=hooks.example', 'ingress.tlsSecret=tls', 'publicUrl=https://hooks.example', 'settings.POSTHORN_RETENTION_PAYLOADS=14d', 'roles=api\\,deliver']
  const helm = (command: readonly string[], values: readonly string[]): string => execFileSync('helm', [...command, chart, ...values.flatMap((value) => ['--set', value])], { encoding: 'utf8', stdio: 'pipe' })
  const render = (values: readonly string[]): Rendered[] => parseAllDocuments(helm(['template', 'release', '--kube-version', '1.30.0'], values)).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as Rendered
  })
  const kind = (name: string, of = all): Rendered => of.find((each) => each['kind'] === name) as Rendered
  beforeAll(() => { all = render(everything) })

  test('passes helm lint', () => {
    expect(helm(['lint', '--quiet'], everything)).not.toMatch(/ERROR|WARNING/)
  })

  test('has what it was asked for, and by default neither autoscaler, monitor nor ingress', () => {
    expect(all.map((each) => each['kind']).sort()).toEqual(['Deployment', 'HorizontalPodAutoscaler', 'Ingress', 'Job', 'PodDisruptionBudget', 'Service', 'ServiceMonitor'])
    expect(render(['existingSecret=secrets']).map((each) => each['kind']).sort()).toEqual(['Deployment', 'Job', 'PodDisruptionBudget', 'Service'])
    expect(readdirSync(join(chart, 'templates')).filter((name) => name.endsWith('.yaml'))).toHaveLength(7)
  })

  test('refuses to be installed without a Secret, and with a value that it does not know', () => {
    expect(() => render([])).toThrow(/existingSecret is empty: name a Secret/)
    expect(() => render(['existingSecret=secrets', 'replica=3'])).toThrow(/replica/)
  })

  test('runs nodes that are not root, write nothing but /data, are asked whether they live and are ready, and have time to finish', () => {
    const { spec } = kind('Deployment')['spec'].template
    expect(spec).toMatchObject({ terminationGracePeriodSeconds: 30, enableServiceLinks: false, automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 1000 } })
    expect(spec.containers).toHaveLength(1)
    expect(spec.containers[0]).toMatchObject({
      args: ['serve'], securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      livenessProbe: { httpGet: { path: '/healthz', port: 'http' } }, readinessProbe: { httpGet: { path: '/readyz', port: 'http' } }, volumeMounts: [{ mountPath: '/data' }],
    })
    expect(kind('Deployment')['spec'].replicas).toBeUndefined()
    expect(kind('Deployment', render(['existingSecret=secrets']))['spec'].replicas).toBe(2)
  })

  test('migrates before it installs and upgrades, with the same secrets and nothing of the rest', () => {
    const job = kind('Job')
    expect(job['metadata'].annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' })
    expect(job['spec'].template.spec).toMatchObject({ restartPolicy: 'Never', enableServiceLinks: false, securityContext: { runAsNonRoot: true }, containers: [{ args: ['migrate'] }] })
    expect(kind('Service')['spec'].selector).not.toMatchObject({ 'app.kubernetes.io/name': job['spec'].template.metadata.labels['app.kubernetes.io/name'] })
  })

  test('takes every secret out of the Secret that it was told of, and sets nothing that is no setting', () => {
    for (const workload of [kind('Deployment'), kind('Job')]) {
      for (const { name, value, valueFrom } of workload['spec'].template.spec.containers[0].env) {
        expect(knownEnv, name).toContain(name)
        const isSecret = ['DATABASE_URL', 'POSTHORN_ENCRYPTION_KEY', 'POSTHORN_API_KEY'].includes(name)
        expect(isSecret ? valueFrom.secretKeyRef.name : value, name).toBe(isSecret ? 'secrets' : { POSTHORN_ROLES: 'api,deliver', POSTHORN_PUBLIC_URL: 'https://hooks.example', POSTHORN_RETENTION_PAYLOADS: '14d' }[name as string])
      }
    }
    expect(all.some((each) => each['kind'] === 'Secret')).toBe(false)
  })

  test('finds its own pods: the Service, the budget, the monitor and the autoscaler mean the same deployment', () => {
    const { labels } = kind('Deployment')['spec'].template.metadata
    for (const selector of [kind('Service')['spec'].selector, kind('PodDisruptionBudget')['spec'].selector.matchLabels, kind('Deployment')['spec'].selector.matchLabels]) expect(labels).toMatchObject(selector)
    expect(kind('Service')['metadata'].labels).toMatchObject(kind('ServiceMonitor')['spec'].selector.matchLabels)
    expect(kind('ServiceMonitor')['spec'].endpoints).toEqual([{ port: kind('Service')['spec'].ports[0].name, path: '/metrics', interval: '15s' }])
    expect(kind('HorizontalPodAutoscaler')['spec']).toMatchObject({ scaleTargetRef: { name: kind('Deployment')['metadata'].name }, metrics: [{ pods: { metric: { name: 'posthorn_due_age_seconds' }, target: { averageValue: '10' } } }] })
  })
})
