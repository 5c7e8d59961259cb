import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { missing } from '../tools/needs.ts'
import { compile } from './demo/build.mjs'
import { startProvider } from './demo/provider/provider.mjs'

const executablePath = '/usr/bin/chromium'
const root = fileURLToPath(new URL('..', import.meta.url))
const client = { id: 'demo-client', secret: 'c4n4ry-client-secret' }
const slow = 120_000

interface Signed {
  readonly code: number | null
  readonly printed: string
  /** Every URL that the browser asked for, without parameters. */
  readonly asked: readonly string[]
  /** What the last page says, and its address. */
  readonly text: string
  readonly end: URL
  /** What the browser complained of. */
  readonly complaints: readonly string[]
}

if (!existsSync(executablePath)) missing('Chromium', `no ${executablePath}`)
else {
  const home = mkdtempSync(join(tmpdir(), 'latchkey-browser-'))
  let folder: string
  let provider: Awaited<ReturnType<typeof startProvider>>
  let browser: BrowserContext

  beforeAll(async () => {
    const { chromium } = await import('playwright-core')
    folder = await compile(root, `latchkey-browser-test-${process.pid}`)
    provider = await startProvider({ client })
    browser = await chromium.launchPersistentContext(join(home, 'profile'), {
      executablePath,
      headless: true,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
  }, slow)
  afterAll(async () => {
    await browser.close()
    await provider.close()
    for (const path of [home, folder]) rmSync(path, { recursive: true, force: true })
  }, slow)

  /** Runs the command, and lets a person with a browser press a button on the page that it links to. */
  const signIn = async (button: string): Promise<Signed> => {
    const page: Page = await browser.newPage()
    const asked: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => asked.push(request.url().split('?')[0] ?? ''))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    const args = ['connect', 'examples/smartsheet.mjs', '--no-browser', '--set', `clientId=${client.id}`]
    const child = spawn(
      process.execPath,
      [join(folder, 'dist/bin.mjs'), ...args, '--as', button.toLowerCase()],
      {
        cwd: folder,
        env: {
          LATCHKEY_HOME: join(home, 'data'),
          LATCHKEY_STAND_IN: provider.url,
          LATCHKEY_CLIENT_SECRET: client.secret,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    let printed = ''
    const link = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text
          const [, found] = /open (\S+)\n/.exec(printed) ?? []
          if (found !== undefined) resolve(found)
        })
    })
    await page.goto(await link)
    await page.getByRole('link', { name: button }).click()
    await page.waitForURL('http://127.0.0.1:*/smartsheet/**')
    const text = await page.locator('body').innerText()
    const code = await ended
    const end = new URL(page.url())
    await page.close()
    return { code, printed, asked, text, end, complaints }
  }

  test(
    'a person signs in with a real browser, which ends at a page that may be closed',
    async () => {
      const { code, printed, asked, text, end, complaints } = await signIn('Allow')
      expect(printed).toContain('Connected allow as Ada Lovelace.\n')
      expect(code).toBe(0)
      expect(text).toBe('You may close this window. The terminal says how it went.')
      expect(complaints).toEqual([])
      // Nothing but the page itself is asked for at the end: no icon, no script, no second time.
      expect(asked.filter((url) => url.startsWith(end.origin))).toEqual([`${end.origin}${end.pathname}`])
      const ledger = provider.ledgers['smartsheet']
      for (const secret of [client.secret, ...(ledger?.secrets ?? [])]) expect(printed).not.toContain(secret)
      expect(ledger?.counts.token).toBe(1)
    },
    slow,
  )

  test(
    'a person who denies consent in a real browser gets the same page, and nothing is kept',
    async () => {
      const { code, printed, text } = await signIn('Deny')
      expect(printed).toContain('Consent was not given (access_denied).')
      expect(code).toBe(11)
      expect(text).toBe('You may close this window. The terminal says how it went.')
    },
    slow,
  )
}
