// "Dengarkan": plays what the unit has recorded, or reads aloud where the device has a voice for it.
'use strict';

const spoken = document.documentElement.lang;
const voices = window.speechSynthesis;
let playing;

function offerListening() {
  const voice = voices && voices.getVoices().find(one => one.lang.toLowerCase().startsWith(spoken));
  for (const question of document.querySelectorAll('fieldset')) {
    const recorded = question.dataset.sound;
    if (!recorded && !voice || question.querySelector('.listen')) continue;
    const legend = question.querySelector('legend');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'minor listen';
    button.textContent = words.listen;
    button.setAttribute('aria-label', words.listen + ': ' + legend.textContent);
    button.setAttribute('aria-pressed', 'false');
    button.onclick = () => {
      const stop = button.getAttribute('aria-pressed') === 'true';
      hush();
      if (!stop) recorded ? play(button, question, recorded, voice) : speak(button, question, voice);
    };
    legend.after(button);
  }
}

function hush() {
  if (playing) playing.pause();
  if (voices) voices.cancel();
  for (const one of document.querySelectorAll('.listen')) one.setAttribute('aria-pressed', 'false');
}

// Without a network the device's own voice, if it has one.
function play(button, question, recorded, voice) {
  playing = new Audio(recorded);
  playing.onended = hush;
  playing.onerror = () => { hush(); if (voice) speak(button, question, voice); };
  button.setAttribute('aria-pressed', 'true');
  playing.play().catch(() => {});
}

function speak(button, question, voice) {
  const texts = [...question.querySelectorAll('legend,label')].map(one => one.textContent);
  const speech = new SpeechSynthesisUtterance(texts.join('. '));
  Object.assign(speech, {voice, lang: voice.lang});
  speech.onend = speech.onerror = () => button.setAttribute('aria-pressed', 'false');
  button.setAttribute('aria-pressed', 'true');
  voices.speak(speech);
}

offerListening();
document.addEventListener('laid', offerListening);
if (voices) voices.onvoiceschanged = offerListening;
addEventListener('pagehide', hush);
