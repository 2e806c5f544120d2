import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(root, 'dist')
const DEPLOYED = ['handlers.cjs', 'host.json', 'index.cjs', 'package.json']

/** Both bundles as one text. */
async function readBundles(): Promise<string> {
  const texts = ['index.cjs', 'handlers.cjs'].map((name) => readFile(join(dist, name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

describe('dist/', () => {
  it('holds what is deployed and nothing else', async () => {
    expect((await readdir(dist, { recursive: true })).toSorted()).toEqual(DEPLOYED)
  })

  it('names the bundle as its one entry point, as the package around it does for "func start"', async () => {
    const { main, dependencies, type } = JSON.parse(await readFile(join(dist, 'package.json'), 'utf8'))
    expect([main, type, dependencies]).toEqual(['index.cjs', 'commonjs', undefined])
    expect((await stat(join(dist, main))).isFile()).toBe(true)
    const outer = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect(join(root, outer.main)).toBe(join(dist, main))
  })

  it('needs no package: whatever it requires is built into Node, or the worker offers it', async () => {
    const bundle = await readBundles()
    const required = new Set([...bundle.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? ''))
    expect(required.size).toBeGreaterThan(5)
    const { builtinModules } = await import('node:module')
    const known = new Set([...builtinModules, '@azure/functions-core'])
    expect([...required].filter((name) => !known.has(name.replace(/^node:/, '')))).toEqual([])
  })

  it('has no word of this machine, of tests or of the pretend Azure', async () => {
    const bundle = await readBundles()
    const words = ['STEWARD_LOCAL', 'STEWARD_TEST', 'VITEST', 'x-local-sign-in', 'local-master-key', 'clock-preload']
    const places = ['node_modules', 'src', 'dist'].map((folder) => join(root, folder))
    expect([...words, ...places].filter((text) => bundle.includes(text))).toEqual([])
    expect([...new Set(bundle.match(/STEWARD_[A-Z_]+/g))].toSorted()).toEqual(['STEWARD_ACCESS', 'STEWARD_CONFIG'])
  })
})

describe('the sources of the bundle', () => {
  const files = globSync('src/**/*.ts', { cwd: root })
  const read = (file: string) => readFile(join(root, file), 'utf8')

  it('have no way around TLS, to loopback or for tests only', async () => {
    const seams =
      /NODE_ENV|\bisTest\b|localhost|127\.0\.0\.1|rejectUnauthorized|NODE_TLS|HTTPS_PROXY|proxyEnv|new Agent\(/
    expect(files.length).toBeGreaterThan(40)
    const found = await Promise.all(files.map(async (file) => [file, (await read(file)).match(seams)?.[0]] as const))
    expect(found.filter(([, seam]) => seam !== undefined)).toEqual([])
  })

  it('go without TLS in one place alone: where the storage connection string says http', async () => {
    const found = await Promise.all(files.map(async (file) => ((await read(file)).includes('nsecure') ? [file] : [])))
    expect(found.flat()).toEqual(['src/clients/storage/account.ts'])
  })
})

describe('building', () => {
  let scratch: string
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'steward-build-'))
  })
  afterAll(() => rm(scratch, { recursive: true }))

  it('makes the same bytes every time, whatever the settings of whoever builds', async () => {
    const folders = [join(scratch, 'one'), join(scratch, 'other')]
    const settings = { STEWARD_CONFIG: '{"instance":"mine"}', STEWARD_ACCESS: 'entra', NODE_ENV: 'production' }
    await Promise.all(
      folders.map((folder, index) =>
        run(process.execPath, ['scripts/build.ts', folder], {
          cwd: root,
          env: index === 0 ? process.env : { ...process.env, ...settings, TZ: 'Asia/Tokyo' },
        }),
      ),
    )
    const [one, other] = await Promise.all(
      folders.map(async (folder) => {
        const names = (await readdir(folder)).toSorted()
        return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'latin1')]))
      }),
    )
    expect(one?.map(([name]) => name)).toEqual(DEPLOYED)
    // Compared as a truth value: a difference of megabytes helps nobody.
    expect(JSON.stringify(one) === JSON.stringify(other)).toBe(true)
  })
})
