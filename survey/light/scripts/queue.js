// Forms on this device: waiting (sealed), refused (sealed, with problems) or counted (receipt).
// What was refused stays until it is taken after all, or a person removes it.
'use strict';

function opened() {
  return new Promise((done, fail) => {
    const asked = indexedDB.open('suara', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('forms', {keyPath: 'key'});
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

async function inQueue(mode, act) {
  const database = await opened();
  return new Promise((done, fail) => {
    const work = database.transaction('forms', mode, {durability: 'strict'});
    const asked = act(work.objectStore('forms'));
    work.oncomplete = () => done(asked.result);
    work.onabort = () => fail(work.error);
  }).finally(() => database.close());
}

const queued = () => inQueue('readonly', forms => forms.getAll());
const keep = one => inQueue('readwrite', forms => forms.put(one));
const forget = key => inQueue('readwrite', forms => forms.delete(key));

// Gives the form as the server settled it; throws where it has not, with the seconds to wait.
async function send({sealed, ...one}) {
  const control = new AbortController();
  const patience = setTimeout(() => control.abort(), 15000);
  try {
    const to = `${one.to}&d=${Date.now()}`; // by the clock that dated it
    const answer = await fetch(to, {method: 'POST', body: sealed, signal: control.signal});
    const wait = Number(answer.headers.get('Retry-After'));
    if (answer.status === 429) await keep({...one, sealed, inLine: true});
    if (answer.status === 429 || answer.status >= 500) throw {wait};
    const {receipt, problems, known, late} = await answer.json();
    if (receipt) return {...one, at: Date.now(), problems: null, receipt, known, late};
    if (problems) return {...one, sealed, problems};
    throw {wait}; // not our server: a network that wants a log-in
  } finally {
    clearTimeout(patience);
  }
}

// Sends what waits, and ``again`` what was refused; throws where something still waits afterwards.
async function sendQueued(again) {
  let failure;
  for (const one of (await queued()).filter(form => form.sealed && (again || !form.problems))) {
    try {
      const settled = await send(one);
      await (one.listed || settled.sealed ? keep(settled) : forget(one.key));
    } catch (error) {
      failure = error;
    }
  }
  if (failure) throw failure;
}
