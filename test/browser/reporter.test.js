// Somebody who reports, in a browser: a report from the first page to the receipt, its mistakes, its files, following it and
// asking a question; on a phone and on a screen, with script and without. Every page is put to axe and the console is heard.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open } from './harness.js'
import { serve } from './served.js'

const sorts = [{ width: 390, script: true }, { width: 1280, script: true }, { width: 390, script: false }]

async function report (visitor, base, shots = false) {
  const shot = async name => { if (shots) await visitor.shot(`live-${name}`) }
  await visitor.go(base + '/')
  await shot('start')
  await visitor.press('Report it now')
  await visitor.press('Continue')
  await visitor.see('There is a problem')
  await shot('choose-wrong')
  await visitor.choose('Information went to the wrong person')
  await visitor.press('Continue')
  await shot('narrative')
  await visitor.press('Continue')
  await visitor.see('Write a few words about what happened')
  await shot('narrative-wrong')
  await visitor.fill({ 'In your own words': 'I emailed the placements list to a parent with the same surname.' })
  await visitor.press('Continue')
  await visitor.choose('By email', 'A person outside')
  await shot('details')
  await visitor.press('Continue')
  await visitor.choose('Yes')
  await shot('people')
  await visitor.press('Continue')
  await visitor.choose('People we help')
  await shot('people-more')
  await visitor.press('Continue')
  await visitor.choose('Just now')
  await shot('when')
  await visitor.press('Continue')
  await shot('you')
  await visitor.choose('Give my name')
  await visitor.fill({ 'Your name': 'Rita Porter', 'Your email address': 'rita@example.org' })
  await visitor.press('Continue')
  await visitor.choose('Not yet')
  await shot('manager')
  await visitor.press('Continue')
  await visitor.attach('Choose files', picture)
  await visitor.press('Upload')
  await visitor.see('screen.png')
  await shot('files')
  await visitor.press('Continue')
  await visitor.see('Check your answers')
  await shot('check')
  await visitor.press('Send report')
  await visitor.see('Thank you')
  await shot('done')
  return { ref: await visitor.text('.app-ref'), code: await visitor.text('.app-code') }
}

const picture = join(mkdtempSync(join(tmpdir(), 'tocsin-file-')), 'screen.png')
writeFileSync(picture, Buffer.alloc(88 * 1024, 7))

describe('somebody reports', () => {
  let service, browser
  before(async () => {
    service = await serve('st-helens')
    browser = await open()
  })
  after(async () => {
    rmSync(dirname(picture), { recursive: true })
    await service.stop()
    await browser.close()
  })

  for (const sort of sorts) {
    test(`at ${sort.width} pixels ${sort.script ? 'with' : 'without'} script`, async () => {
      const visitor = await browser.visitor(sort)
      const { ref, code } = await report(visitor, service.base, true)
      assert.match(ref, /^INC-\d\d-[0-9A-Z]{5}-[0-9A-Z]$/)
      await visitor.page.reload()
      assert.equal(await visitor.text('.app-code'), code)
      assert.ok(!visitor.page.url().includes(code))
      await visitor.follow('Save or print')
      await visitor.shot('live-receipt')
      await visitor.go(service.base + '/report/done')
      await visitor.follow('Follow this report')
      await visitor.fill({ 'Add to your report': 'She has deleted it.' })
      await visitor.press('Send')
      await visitor.see('She has deleted it.')
      await visitor.shot('live-follow')
      await visitor.press('Close this report')
      const later = await browser.visitor(sort)
      await later.go(service.base + '/follow')
      await later.fill({ Reference: ref, Code: 'ABCD-EFGH-JKMN-PQRS' })
      await later.press('Continue')
      await later.see('We have no report with this reference and code together')
      await later.shot('live-follow-in')
      await later.fill({ Reference: ref.toLowerCase(), Code: code.replaceAll('-', ' ') })
      await later.press('Continue')
      await later.see('I emailed the placements list')
      await visitor.leave()
      await later.leave()
    })

    test(`kinds, help and a question at ${sort.width} pixels ${sort.script ? 'with' : 'without'} script`, async () => {
      const visitor = await browser.visitor(sort)
      for (const path of ['/help', '/privacy', '/accessibility']) {
        await visitor.go(service.base + path)
      }
      await visitor.go(service.base + '/report/categories')
      await visitor.shot('live-categories')
      await visitor.fill({ 'What happened, in a word or two': 'usb' })
      await visitor.press('Search')
      await visitor.press('A memory stick without encryption was used')
      await visitor.fill({ 'In your own words': 'It lay on my desk.' })
      await visitor.press('Continue')
      await visitor.follow('Ask Internal Audit a question instead')
      await visitor.shot('live-ask')
      await visitor.fill({ 'Your question': 'May I keep it?' })
      await visitor.press('Send question')
      await visitor.see('got your question')
      await visitor.shot('live-asked')
      await visitor.go(service.base + '/report')
      await visitor.see('You have not finished a report')
      await visitor.follow('Carry on')
      await visitor.see('It lay on my desk.')
      await visitor.leave()
    })
  }

  test('within a minute, on a phone, by keyboard alone', async () => {
    const visitor = await browser.visitor({ width: 390 })
    const began = Date.now()
    let pages = 0
    await visitor.page.goto(service.base + '/report')
    await visitor.page.getByLabel('A door, room or building was not safe').focus()
    await visitor.page.keyboard.press('Space')
    for (; !visitor.page.url().endsWith('/report/done') && pages < 14; pages++) {
      if (visitor.page.url().endsWith('/report/narrative')) {
        await visitor.page.getByLabel('In your own words').focus()
        await visitor.page.keyboard.type('The back door stood open.')
      }
      const go = visitor.page.getByRole('button', { name: /^(Continue|Send report)/ }).first()
      await go.focus()
      await Promise.all([visitor.page.waitForEvent('load'), visitor.page.keyboard.press('Enter')])
    }
    assert.ok(visitor.page.url().endsWith('/report/done'))
    assert.ok(pages <= 10, `${pages} pages`)
    assert.ok(Date.now() - began < 60000)
    await visitor.leave()
  })
})
