// Somebody who handles a case fetches its files, with script and without: as bytes, never shown, and the timeline says who did.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open } from './harness.js'
import { serve } from './served.js'

const html = join(mkdtempSync(join(tmpdir(), 'tocsin-file-')), 'wrong & <b>é.html')
const large = join(dirname(html), 'photo.jpg')

describe('whoever handles a case fetches its files', () => {
  let service, browser, ref
  before(async () => {
    writeFileSync(html, '<script>document.title = "ran"</script>')
    writeFileSync(large, Buffer.from(Uint8Array.from({ length: 3 << 20 }, (_, n) => n * 7 + (n >> 9))))
    service = await serve('st-helens')
    browser = await open()
    const answer = await fetch(service.base + '/api/v1/reports', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"narrative":"A letter went to the wrong house."}' })
    ref = (await answer.json()).ref
  })
  after(async () => {
    rmSync(dirname(html), { recursive: true })
    await service.stop()
    await browser.close()
  })

  async function fetched (visitor, name) {
    const button = visitor.page.getByRole('button', { name: 'Download ' + name, exact: true }).first()
    const [download] = await Promise.all([visitor.page.waitForEvent('download'), button.click()])
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
  }

  for (const sort of [{ width: 1280, script: true }, { width: 390, script: true }, { width: 390, script: false }]) {
    test(`at ${sort.width} pixels ${sort.script ? 'with' : 'without'} script`, async () => {
      const visitor = await browser.visitor(sort)
      const asked = []
      visitor.page.on('dialog', dialog => asked.push(dialog.type()))
      await visitor.go(service.link(service.holder('internal_audit').id))
      await visitor.press('Sign in')
      await visitor.go(`${service.base}/case/${ref}`)
      await visitor.attach('Add files', html, large)
      await visitor.press('Upload')
      await visitor.fill({ 'Add an update': 'I look at the photo and go on writing.' })
      assert.deepEqual((await fetched(visitor, 'photo.jpg')).bytes, readFileSync(large))
      const page = await fetched(visitor, 'wrong & <b>é.html')
      assert.deepEqual(page.bytes, readFileSync(html))
      assert.match(page.name, /^wrong & .b.é\.html$/)
      assert.notEqual(await visitor.page.title(), 'ran')
      assert.ok(visitor.page.url().includes(`/case/${ref}`))
      assert.equal(await visitor.page.getByLabel('Add an update').inputValue(), 'I look at the photo and go on writing.')
      assert.deepEqual(asked, [])
      await visitor.press('Add to timeline')
      const lines = await visitor.page.locator('.app-tl__head').allInnerTexts()
      assert.equal(lines.slice(0, 3).filter(line => line.includes('downloaded a file')).length, 2)
      await visitor.shot('live-files')
      await visitor.leave()
    })
  }
})
