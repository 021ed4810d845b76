// Every page, filled with plain and with hostile words, in four modes: what html-validate, axe and the console say.
import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { HtmlValidate } from 'html-validate'
import { dir, folder } from './folder.js'
import { open, out } from './harness.js'

const names = readdirSync(dir).filter(name => name.endsWith('.html')).sort()
const plain = names.filter(name => !name.includes('hostile'))
const modes = {
  phone: { width: 390, of: names },
  desktop: { width: 1280, of: plain },
  'phone without script': { width: 390, script: false, of: plain },
  'forced colours': { width: 1280, forced: true, of: ['start.html', 'queue.html', 'case.html'] }
}
const started = Date.now()
let pages, failed = 0, tried = 0

before(async () => { pages = await folder() })

after(() => {
  pages.close()
  appendFileSync(join(out, 'figures.jsonl'), JSON.stringify({ name: 'pages', tried, failed, seconds: Math.round((Date.now() - started) / 1000), seed: 0, commit: process.env.TOCSIN_COMMIT || '' }) + '\n')
  console.log(`pages: ${tried} (a page in a mode each), ${failed} with a complaint of axe or the console`)
})

test('each page is valid HTML', async () => {
  const judge = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: {
      // Void elements are written as HTML writes them; the rest is the design system's own way.
      'void-style': ['error', { style: 'omit' }],
      'no-redundant-role': 'off',      // role="group" of a fieldset, which the design system sets for older readers
      'prefer-native-element': 'off',  // links that look like buttons have role="button"
      'long-title': 'off',             // the body's name is part of it
      'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
      'no-inline-style': 'error',
      'tel-non-breaking': 'off',       // numbers are kept together by .app-nowrap
      'require-sri': 'off'
    }
  })
  const said = []
  for (const name of names) {
    const report = await judge.validateFile(join(dir, name))
    for (const { messages } of report.results) for (const m of messages) said.push(`${name}:${m.line}:${m.column}: ${m.ruleId}: ${m.message}`)
  }
  assert.deepEqual(said, [])
})

test('no page is larger than 12 kB as br', () => {
  const large = names.filter(name => !name.endsWith('-hostile.html')).map(name => [name, brotliCompressSync(readFileSync(join(dir, name))).length]).filter(([, n]) => n > 12 * 1024)
  assert.deepEqual(large, [])
})

test('no words of a person become markup', () => {
  for (const name of names) assert.ok(!/<script>|<img/.test(readFileSync(join(dir, name), 'utf8')), name)
})

for (const [mode, { of, ...options }] of Object.entries(modes)) {
  test(`axe and the console have nothing to say: ${mode}`, async () => {
    const browser = await open()
    const visitor = await browser.visitor(options)
    for (const name of of) {
      const n = browser.complaints.length
      await visitor.go(pages.base + name)
      if (process.env.SHOTS && !name.includes('hostile') && !options.forced) await visitor.shot(name.replace('.html', ''))
      tried++
      if (browser.complaints.length > n) failed++
    }
    await browser.close()
  })
}

test('the filled-in form is not left by a slip, the palette opens, the check boxes count', async () => {
  const browser = await open()
  const visitor = await browser.visitor({ width: 1280 })
  await visitor.go(pages.base + 'queue.html')
  assert.equal(await visitor.page.locator('.app-filter').evaluate(el => el.open), true)
  await visitor.page.getByLabel('Select all on this page').check()
  assert.equal(await visitor.text('[data-bulk-count]'), '7 selected')
  await visitor.page.keyboard.press('j')
  assert.equal(await visitor.page.evaluate(() => document.activeElement.textContent), 'Ransom message on planning file server')
  await visitor.page.keyboard.press('?')
  await visitor.page.keyboard.type('my w')
  assert.equal(await visitor.text('#palette-list'), 'My work')
  await visitor.examine()
  await visitor.shot('palette')
  await visitor.page.keyboard.press('Escape')
  await visitor.page.keyboard.press('/')
  assert.equal(await visitor.page.evaluate(() => document.activeElement.id), 'q-top')
  await browser.close()
})

test('the error summary takes the focus and leads to the field', async () => {
  const browser = await open()
  const visitor = await browser.visitor({ width: 390 })
  await visitor.go(pages.base + 'fields.html')
  assert.equal(await visitor.page.evaluate(() => document.activeElement.className.includes('error-summary')), true)
  for (const link of await visitor.page.locator('.govuk-error-summary a').all()) {
    await link.click()
    const id = (await link.getAttribute('href')).slice(1)
    assert.equal(await visitor.page.evaluate(() => document.activeElement.id), id)
  }
  await browser.close()
})

test('the poster fits on one side of A4', async () => {
  const browser = await open()
  const visitor = await browser.visitor({ width: 1280 })
  await visitor.go(pages.base + 'poster.html')
  const pdf = (await visitor.page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1')
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1)
  await browser.close()
})
