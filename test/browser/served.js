// served: a running Tocsin for a test: a fresh demo directory, a server on any port, and the command line beside it.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { out, root } from './harness.js'

const tocsin = join(out, 'tocsin')

export async function serve (pack) {
  const data = join(mkdtempSync(join(tmpdir(), 'tocsin-journey-')), 'data')
  const run = (...args) => execFileSync(tocsin, args, { encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  run('init', '--data', data, '--policy', pack, '--demo')
  const child = spawn(tocsin, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => { said += chunk })
  const base = await new Promise((resolve, reject) => {
    child.stdout.on('data', chunk => { const m = /http:\/\/\S+/.exec(String(chunk)); if (m) resolve(m[0]) })
    child.on('exit', () => reject(new Error(`serve ended: ${said}`)))
    setTimeout(() => reject(new Error(`serve says nothing: ${said}`)), 15000).unref()
  })
  const people = JSON.parse(run('person', 'list', '--data', data, '--json'))
  return {
    base, data, run, people, pack,
    yaml: readFileSync(join(root, 'policy', pack, 'pack.yaml'), 'utf8'),
    holder: role => people.find(p => p.roles.some(r => r.split('@')[0] === role)),
    link: id => base + /\/link\/\w+/.exec(run('person', 'link', '--data', data, '--person', id))[0],
    token: id => /[0-9A-Z]{40,}/.exec(run('token', 'add', '--data', data, '--person', id))[0],
    log: () => said,
    stop: async () => {
      await new Promise(resolve => { child.on('exit', resolve); child.kill('SIGTERM') })
      if (/Sanitizer|runtime error:/.test(said)) throw new Error(said)
      rmSync(dirname(data), { recursive: true })
    }
  }
}

// The categories of a pack and the rows of policy/rows.txt that each answers.
export function categories (yaml) {
  const part = /\ncategories:\n([\s\S]*?)\n(?=[a-z]+:)/.exec(yaml)[1] + '\n'
  return [...part.matchAll(/^ {2}([a-z_]+):\n((?: {4,}.*\n)+)/gm)].map(([, id, body]) => ({
    id,
    label: /^ {4}label: (.*)/m.exec(body)[1].replace(/^"|"$/g, ''),
    rows: (/^ {4}rows: \[([^\]]*)\]/m.exec(body)?.[1] ?? '').split(/[, ]+/)
  }))
}
