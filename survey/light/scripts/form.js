// The form on a device that runs scripts: it has a key of its own, and is sealed and queued
// before it is sent. What fails before that is sent as without scripts.
'use strict';

const byId = id => document.getElementById(id);
const words = JSON.parse(byId('words').textContent);
const form = document.forms[0];
const button = form.querySelector('button:not([type])');
const {lang} = document.documentElement;
const {kiosk} = document.body.dataset;
const asked = new URLSearchParams(location.search);
const interviewing = asked.get('e') === '1';
const title = document.querySelector('h1');

function mint() {
  const letters = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))));
  return letters.replace(/\+/g, '-').replace(/\//g, '_');
}

// One key a filled form, bound to its place in the history: a page from the cache never takes
// the next citizen for the last, and reload, back and a double tap send the same form again.
function begin(next) {
  const again = !next && byId('problems'); // the server's page, with the form's key
  if (next || !history.state) {
    const key = again ? form.k.value : mint();
    const url = next ? withoutToken(location.href) : location.href;
    history.replaceState({key, seen: !again && Date.now()}, '', url);
  }
  form.k.value = history.state.key;
  button.disabled = false;
}

// What the address says; a copy of the page may have been made at another one.
function prefill() {
  for (const [name, value] of [['v', asked.get('v')], ['s', asked.get('l')]]) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value || '';
    if (field.selectedIndex < 0) field.value = '';
  }
}

async function submitted(event) {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  const {key, seen} = history.state;
  const {pathname, search} = new URL(form.action);
  if (seen) form.z.value = (Date.now() - seen) / 1000;
  const fields = new URLSearchParams(new FormData(form));
  const one = {key, to: pathname + '/sealed' + search, at: Date.now(), listed: !kiosk};
  try {
    one.sealed = await seal(form.dataset.seal, fields.toString());
    await keep(one);
  } catch {
    return sendPlain();
  }
  try {
    await settled(await send(one));
  } catch (failure) {
    after(words.kept);
    tryLater(failure);
  }
}

async function settled(one) {
  if (one.receipt && interviewing) {
    await keep(one);
    return after(line(one));
  }
  await forget(one.key);
  if (one.problems) return sendPlain();
  const thanks = kiosk ? `${kiosk}/${one.receipt}?` : `/r/${one.receipt}?new=1&`;
  location.replace(`${thanks}lang=${lang}`);
}

function sendPlain() {
  if (kiosk) sendInPlace();
  else form.submit();
}

// Tells what became of the form, and makes it ready for the next one.
function after(text) {
  empty();
  form.hidden = true;
  byId('after').hidden = false;
  byId('told').textContent = text;
  byId('told').focus();
  showList();
  document.dispatchEvent(new Event('kept'));
}

function empty() {
  for (const field of form.elements) {
    if (field.name === 'w') continue;
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = false;
    else if (field.type !== 'hidden') field.value = '';
  }
  if (!interviewing) form.w[0].checked = true;
  form.r[0].checked = true;
  asked.delete('v');
  prefill();
  byId('problems')?.remove();
  begin(true);
}

function next() {
  byId('after').hidden = true;
  byId('told').textContent = '';
  form.hidden = false;
  begin(true);
  title.focus();
  scrollTo(0, 0);
}

const tell = (text, values) => text.replace(/{(\w+)}/g, (blank, name) => values[name]);

function line({at, receipt, problems}) {
  const time = new Date(at).toLocaleString(lang, {dateStyle: 'medium', timeStyle: 'short'});
  const text = receipt ? words.counted : problems ? words.refused : words.waiting;
  return tell(text, {time, code: receipt, why: (problems || []).join(' ')});
}

const awaited = new Set();

// Shows the list, and tells of those that waited when it was shown before.
async function showList() {
  const listed = (await queued()).filter(one => one.listed).sort((a, b) => b.at - a.at);
  byId('sent').hidden = !listed.length;
  byId('list').textContent = '';
  for (const one of listed) {
    if (one.sealed) awaited.add(one.key);
    else if (awaited.delete(one.key)) byId('told').textContent = line(one);
    byId('list').appendChild(document.createElement('li')).textContent = line(one);
  }
}

async function clearList() {
  for (const one of await queued()) if (!one.sealed) await forget(one.key);
  await showList();
  title.focus();
}

let sending;
let later;

async function sendKept() {
  if (sending) return;
  sending = true;
  try {
    await showList();
    await sendQueued();
  } catch (failure) {
    tryLater(failure);
  }
  sending = false;
  showList();
}

async function tryLater(failure) {
  clearTimeout(later);
  later = setTimeout(sendKept, 1000 * (failure.wait || 30));
  navigator.storage?.persist?.();
  const registered = await navigator.serviceWorker?.getRegistration();
  registered?.sync?.register('send').catch(() => {});
}

title.tabIndex = -1;
if (!history.state && !byId('problems')) prefill();
begin();
form.addEventListener('submit', submitted);
byId('next').onclick = next;
byId('clear').onclick = clearList;
addEventListener('pageshow', () => begin());
addEventListener('online', sendKept);
navigator.serviceWorker?.addEventListener('message', showList);
if (window.indexedDB) sendKept();
