// harness: a browser that watches everything it sees. For page tests and for journeys against a running server.
//
//   const browser = await open()
//   const visitor = await browser.visitor({ width: 390 })       // a person with a device: own cookies
//   await visitor.go('http://127.0.0.1:8080/report')
//   await visitor.fill({ 'Tell us what happened, in your own words': 'I sent it to the wrong person.' })
//   await visitor.choose('Information went to the wrong person')
//   await visitor.press('Continue')
//   await visitor.see('Check your answers')
//   await visitor.shot('check')                                // build/screens/check-390.png
//   await browser.close()                                      // throws if axe or the console complained anywhere
//
// Every page that is loaded is put to axe; console errors, failed requests, dialogs and sideways scrolling count.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
export const root = fileURLToPath(new URL('../..', import.meta.url))
export const out = process.env.TOCSIN_BUILD || join(root, 'build')

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

export async function open () {
  const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: flags })
  const browser = { complaints: [], seen: 0, chrome }
  browser.visitor = async (options = {}) => new Visitor(browser, options).start()
  browser.close = async () => {
    await chrome.close()
    if (browser.complaints.length) throw new Error(`${browser.complaints.length} complaints\n${browser.complaints.join('\n')}`)
  }
  return browser
}

export class Visitor {
  constructor (browser, { width = 1280, height = width < 600 ? 844 : 900, script = true, forced = false, axe = true, ignore = [], ...context }) {
    Object.assign(this, { browser, width, height, script, axe, ignore })
    this.context = { viewport: { width, height }, forcedColors: forced ? 'active' : 'none', reducedMotion: 'reduce', ...context }
  }

  async start () {
    this.context = await this.browser.chrome.newContext(this.context)
    // Without script: ours does not arrive. (With the browser's own switch axe could not run either.)
    if (!this.script) await this.context.route(/\.js$/, route => route.fulfill({ contentType: 'text/javascript', body: '' }))
    this.page = await this.context.newPage()
    this.page.setDefaultTimeout(10000)
    // a form that is shown again with what was wrong answers 422, which the browser notes about the network, not the page
    const again = /status of 422/
    const say = words => { if (again.test(words)) return; if (!this.ignore.some(pattern => pattern.test(words))) this.complain(words) }
    this.page.on('console', message => { if (message.type() === 'error') say(`console: ${message.text()}`) })
    this.page.on('pageerror', error => say(`script: ${error.message}`))
    // a request that a press of the next button cut short has not failed
    this.page.on('requestfailed', request => { const why = request.failure()?.errorText; if (why !== 'net::ERR_ABORTED') say(`request: ${request.url()}: ${why}`) })
    this.page.on('dialog', dialog => {
      if (dialog.type() !== 'beforeunload') say(`dialog: ${dialog.message()}`)
      dialog.accept()
    })
    return this
  }

  complain (words) {
    this.browser.complaints.push(`${this.page.url()} at ${this.width}${this.script ? '' : ' without script'}: ${words}`)
  }

  async go (url) {
    const answer = await this.page.goto(url, { waitUntil: 'load' })
    await this.examine()
    return answer
  }

  // Each is found as a person finds it: by its label or its words.
  async fill (values) {
    for (const [label, value] of Object.entries(values)) await this.page.getByLabel(label, { exact: false }).first().fill(value)
  }

  async choose (...labels) {
    for (const label of labels) await this.page.getByLabel(label, { exact: false }).first().check()
  }

  async select (label, option) {
    await this.page.getByLabel(label).first().selectOption({ label: option })
  }

  async attach (label, ...paths) {
    await this.page.getByLabel(label).first().setInputFiles(paths)
  }

  async press (words) {
    const button = this.page.getByRole('button', { name: words }).first()
    await Promise.all([this.page.waitForEvent('load'), button.click()])
    await this.examine()
  }

  async follow (words) {
    await Promise.all([this.page.waitForEvent('load'), this.page.getByRole('link', { name: words }).first().click()])
    await this.examine()
  }

  async see (words) {
    await this.page.getByText(words).first().waitFor({ state: 'visible' })
  }

  async text (selector = 'main') {
    return (await this.page.locator(selector).first().innerText()).trim()
  }

  // axe, and no scrolling sideways: at 320 px too, which is 1280 px zoomed in to 400 %.
  async examine () {
    this.browser.seen++
    if (!this.axe) return
    await this.page.evaluate(axe)
    const found = await this.page.evaluate(() => window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']
    }))
    for (const v of found.violations) this.complain(`axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join('; ')}`)
    for (const width of this.width < 600 ? [this.width, 320] : [this.width]) {
      if (width !== this.width) await this.page.setViewportSize({ width, height: this.height })
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      if (wide > 0) this.complain(`scrolls sideways by ${wide} px at ${width}`)
      if (width !== this.width) await this.page.setViewportSize({ width: this.width, height: this.height })
    }
  }

  async shot (name) {
    mkdirSync(join(out, 'screens'), { recursive: true })
    await this.page.screenshot({ path: join(out, 'screens', `${name}-${this.width}${this.script ? '' : '-bare'}.png`), fullPage: true })
  }

  async leave () {
    await this.context.close()
  }
}
