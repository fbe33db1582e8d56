// Forms are sealed and kept on the device before they are sent; those without network wait.
'use strict';

// Some browsers never answer when asked to keep something: not longer than this.
const PATIENCE = 3000;

async function sendSealed() {
  const {pathname, search} = new URL(form.action);
  const one = {key, to: pathname + '/sealed' + search, at: Date.now(), listed: !kiosk};
  const keeping = sealAndKeep(one);
  try {
    await Promise.race([keeping, new Promise((done, fail) => setTimeout(fail, PATIENCE))]);
  } catch {
    keeping.then(() => forget(one.key)).catch(() => {});
    return sendPlain();
  }
  try {
    await settled(await send(one));
  } catch (failure) {
    const alone = await tryLater(failure);
    const text = alone || kiosk ? words.kept : words.reopen;
    after(code ? text + ' ' + tell(words.later, {code}) : text);
  }
}

async function sealAndKeep(one) {
  one.sealed = await seal(form.dataset.seal, fields().toString());
  await keep(one);
}

async function settled(one) {
  if (one.receipt && interviewing) {
    await keep(one);
    return after(line(one));
  }
  await forget(one.key);
  // Known at the first sending: another's form had this key. The server's page asks whose.
  if (one.problems || one.known && !kiosk) return sendPlain();
  const thanks = kiosk ? `${kiosk}/${one.receipt}?` : `/r/${one.receipt}?new=1&`;
  thank(`${thanks}lang=${lang}`);
}

// Tells what became of the form. Only who asks one person after another is offered the next.
function after(text) {
  empty();
  form.hidden = true;
  byId('after').hidden = !interviewing && !kiosk;
  byId('told').textContent = text;
  byId('told').focus();
  showList();
  document.dispatchEvent(new Event('kept'));
}

const tell = (text, values) => text.replace(/{(\w+)}/g, (blank, name) => values[name]);

function line({at, receipt, late, problems, inLine}) {
  const time = new Date(at).toLocaleString(lang, {dateStyle: 'medium', timeStyle: 'short'});
  const found = receipt ? late ? 'late' : 'counted' : problems ? 'refused' : inLine ? 'turn' : 'waiting';
  return tell(words[found], {time, code: receipt, why: (problems || []).join(' ')});
}

const awaited = new Set();

// Shows the list, and tells of those that waited when it was shown before.
async function showList() {
  const all = (await queued()).sort((a, b) => b.at - a.at);
  if (kiosk) return byId('unsent').textContent = all.filter(one => one.problems).map(line).join(' ');
  const listed = all.filter(one => one.listed);
  byId('sent').hidden = !listed.length;
  byId('list').textContent = '';
  for (const one of listed) {
    if (one.sealed && !one.problems) awaited.add(one.key);
    else if (awaited.delete(one.key)) byId('told').textContent = line(one);
    const item = byId('list').appendChild(document.createElement('li'));
    item.textContent = line(one) + ' ';
    if (one.sealed && one.problems) item.appendChild(remover(one));
  }
}

// What was refused goes by nobody but the person whose answers they are.
function remover(one) {
  const button = document.createElement('button');
  Object.assign(button, {type: 'button', className: 'plain', textContent: words.remove});
  button.onclick = async () => {
    if (!confirm(line(one) + '\n' + words.remove)) return;
    await forget(one.key);
    await showList();
    title.focus();
  };
  return button;
}

async function clearList() {
  for (const one of await queued()) if (!one.sealed) await forget(one.key);
  await showList();
  title.focus();
}

let sending;
let later;

// ``again``: also what was refused, as when the page is opened; not each time that it looks.
async function sendKept(again) {
  if (sending) return;
  sending = true;
  try {
    await showList();
    await sendQueued(again);
  } catch (failure) {
    tryLater(failure);
  }
  sending = false;
  showList();
}

// Gives whether the system sends by itself, also when this page is closed.
async function tryLater(failure) {
  clearTimeout(later);
  later = setTimeout(sendKept, 1000 * (failure.wait || 30));
  const {storage, serviceWorker} = navigator;
  if (storage && storage.persist) storage.persist();
  const registered = serviceWorker && await serviceWorker.getRegistration();
  return registered && registered.sync && registered.sync.register('send').then(() => true, () => false);
}

if (!kiosk) byId('next').onclick = anew; // kiosk.js returns to the start
byId('clear').onclick = clearList;
addEventListener('online', () => sendKept());
if (navigator.serviceWorker) navigator.serviceWorker.addEventListener('message', showList);
if (window.indexedDB) sendKept(true);
