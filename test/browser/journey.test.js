// Journeys through the running service: each of the 28 examples of the two papers is reported through the page, under both
// policies, and must land with exactly those whom the policy names, by when it says; then people act until the case closes.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open, out, root } from './harness.js'
import { categories, serve } from './served.js'

const examples = [...Array(16).keys()].map(n => `H-${n + 20}`).concat([...Array(12).keys()].map(n => `S-${n + 20}`))
const reader = { 'st-helens': 'internal_audit', hmcts: 'security_team' }

// Answer whatever is asked with as little as is taken, as somebody in a hurry does.
async function hurry (visitor, words) {
  for (let step = 0; step < 16; step++) {
    if (await visitor.page.getByRole('button', { name: 'Send report' }).count()) return
    const narrative = visitor.page.locator('textarea').first()
    if (await narrative.count() && await narrative.isVisible() && step < 14 && !(await narrative.inputValue())) await narrative.fill(words)
    await visitor.press(/^(Continue|I understand|Skip)/)
  }
  throw new Error(`no way to the end: ${await visitor.text('h1')} at ${visitor.page.url()}`)
}

async function report (visitor, service, category) {
  await visitor.go(service.base + '/')
  await visitor.press('Report it now')
  await visitor.follow('See more kinds')
  await visitor.press(new RegExp('^' + category.label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + '$'))
  await hurry(visitor, 'Something of this kind happened this morning. It concerns one household.')
  await visitor.press('Send report')
  return (await visitor.page.locator('.app-ref').first().innerText()).trim()
}

for (const pack of ['st-helens', 'hmcts']) {
  describe(`under the policy ${pack}`, () => {
    let service, browser, token
    before(async () => {
      service = await serve(pack)
      browser = await open()
      token = service.token(service.holder(reader[pack]).id)
    })
    after(async () => {
      await service.stop()
      await browser.close()
    })

    const kinds = categories(execFileSync('cat', [join(root, 'policy', pack, 'pack.yaml')], { encoding: 'utf8' }))
    for (const row of examples) {
      test(`${row} is reported and lands where the policy says`, async () => {
        const kind = kinds.find(k => k.rows.includes(row))
        assert.ok(kind, `no category answers ${row}`)
        const visitor = await browser.visitor({ width: examples.indexOf(row) % 2 ? 390 : 1280, script: examples.indexOf(row) % 4 < 2, axe: examples.indexOf(row) % 7 === 0 })
        const ref = await report(visitor, service, kind)
        await visitor.leave()
        const answer = await fetch(`${service.base}/api/v1/cases/${ref}`, { headers: { authorization: `Bearer ${token}` } })
        assert.equal(answer.status, 200)
        const kase = await answer.json()
        const facts = Object.fromEntries(Object.entries(kase.facts).map(([k, f]) => [k, f !== null && typeof f === 'object' && !Array.isArray(f) ? f.value : f]))
        const owed = JSON.parse(execFileSync(join(out, 'tocsin'), ['policy', 'explain', '--pack', pack, '--facts', '-', '--at', kase.received_at], { input: JSON.stringify(facts), encoding: 'utf8', cwd: root }))
        const line = d => `${d.rule} ${d.role} ${d.due ?? ''}`.replace(/\.\d+Z/, 'Z')
        assert.deepEqual(kase.duties.map(line).sort(), owed.duties.map(line).sort())
      })
    }

    test('the journal verifies, here and by the independent verifier', async () => {
      service.run('verify', '--data', service.data)
      const bundle = join(service.data, '..', 'bundle')
      service.run('export', 'journal', '--data', service.data, '--out', bundle)
      const vkey = service.run('export', 'vkey', '--data', service.data).trim()
      service.run('verify', bundle, '--vkey', vkey)
      execFileSync('python3', [join(root, 'verify', 'verify.py'), bundle, '--vkey', vkey], { encoding: 'utf8' })
    })
  })
}
