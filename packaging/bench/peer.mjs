// Measures @getodk/xforms-engine on one walk of answers. Called by peer.py:
//
//     node peer.mjs FOLDER < plan.json        FOLDER holds node_modules with the engine and jsdom
//
// plan    {"form": XForm text, "record": instance text or "", "runs": n,
//          "steps": [{"ref": "/data/rows[2]/age", "text": "23"}]}
// answer  {"engine", "jsdom", "node", "opened", "again", "walks": [[ms per answer]], "untaken": [ref],
//          "final": {ref: text of each relevant question that is not empty}}; times in milliseconds

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.argv[2], 'package.json'));
const version = (name) =>
  JSON.parse(readFileSync(join(process.argv[2], 'node_modules', name, 'package.json'), 'utf8')).version;

// The answer must stand alone on standard output, whatever the engine has to say.
console.log = console.info = console.warn = console.error;

function openBrowser() {
  const { JSDOM } = require('jsdom');
  const { window } = new JSDOM('<!doctype html>', { url: 'https://form.invalid/' });
  for (const name of Object.getOwnPropertyNames(window)) {
    if (!(name in globalThis)) globalThis[name] = window[name];
  }
  globalThis.window = window;
  globalThis.document = window.document;
}

// The engine's expression parser asks for files beside a CommonJS module when it sees `process`; in a browser
// it carries them along. It must see a browser while it is being loaded, and only then.
async function loadEngine() {
  const entry = pathToFileURL(require.resolve('@getodk/xforms-engine')).href;
  const { process } = globalThis;
  globalThis.process = undefined;
  try {
    return await import(entry);
  } finally {
    globalThis.process = process;
  }
}

function open(form, record) {
  if (record === '') return form.createInstance();
  const data = new FormData();
  data.set('xml_submission_file', new File([record], 'xml_submission_file', { type: 'text/xml' }));
  return form.restoreInstance({ data: [data] });
}

async function load(engine, xml) {
  const form = await engine.loadForm(xml);
  if (form.status === 'failure') throw form.error;
  return form;
}

function nodesByReference(node, found = new Map()) {
  found.set(node.currentState.reference, node);
  for (const child of node.currentState.children ?? []) nodesByReference(child, found);
  return found;
}

function answer(node, text) {
  if (node.nodeType === 'select') node.selectValues(text.split(' '));
  else if (node.nodeType === 'trigger') node.setValue(text !== '');
  else node.setValue(text);
}

function walk(nodes, steps, untaken) {
  const taken = [];
  for (const { ref, text } of steps) {
    const node = nodes.get(ref);
    if (node === undefined) {
      untaken.add(ref);
      continue;
    }
    const started = performance.now();
    answer(node, text);
    taken.push(performance.now() - started);
    // A question that is not relevant keeps its answer but shows none; a number may be written otherwise.
    const { instanceValue: kept, relevant } = node.currentState;
    if (relevant && kept !== text && Number(kept) !== Number(text)) untaken.add(ref);
  }
  return taken;
}

function relevantAnswers(nodes) {
  const found = {};
  for (const [ref, { currentState }] of nodes) {
    if (currentState.children === null && currentState.relevant && currentState.instanceValue !== '') {
      found[ref] = currentState.instanceValue;
    }
  }
  return found;
}

async function measure(plan) {
  openBrowser();
  const engine = await loadEngine();
  const found = { opened: Infinity, again: Infinity, walks: [] };
  const untaken = new Set();
  let nodes = new Map();
  for (let run = 0; run < plan.runs; run += 1) {
    const started = performance.now();
    const form = await load(engine, plan.form);
    await open(form, plan.record);
    const opened = performance.now();
    const { root } = await open(form, plan.record);
    found.again = Math.min(found.again, performance.now() - opened);
    found.opened = Math.min(found.opened, opened - started);
    nodes = nodesByReference(root);
    found.walks.push(walk(nodes, plan.steps, untaken));
  }
  const versions = { engine: version('@getodk/xforms-engine'), jsdom: version('jsdom'), node: process.versions.node };
  return { ...versions, ...found, untaken: [...untaken], final: relevantAnswers(nodes) };
}

const plan = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(await measure(plan)), () => process.exit(0));
