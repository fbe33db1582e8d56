// "Dengarkan": reads a question and its answers aloud, where the device has a voice for it.
'use strict';

const spoken = document.documentElement.lang;

function offerVoice() {
  const voice = speechSynthesis.getVoices().find(one => one.lang.toLowerCase().startsWith(spoken));
  if (!voice || document.querySelector('.listen')) return;
  for (const question of document.querySelectorAll('fieldset')) {
    const legend = question.querySelector('legend');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'minor listen';
    button.textContent = words.listen;
    button.setAttribute('aria-label', words.listen + ': ' + legend.textContent);
    button.setAttribute('aria-pressed', 'false');
    button.onclick = () => listen(button, question, voice);
    legend.after(button);
  }
}

function listen(button, question, voice) {
  const stop = button.getAttribute('aria-pressed') === 'true';
  speechSynthesis.cancel();
  if (stop) return;
  const texts = [...question.querySelectorAll('legend,label')].map(one => one.textContent);
  const speech = new SpeechSynthesisUtterance(texts.join('. '));
  Object.assign(speech, {voice, lang: voice.lang});
  speech.onend = speech.onerror = () => button.setAttribute('aria-pressed', 'false');
  button.setAttribute('aria-pressed', 'true');
  speechSynthesis.speak(speech);
}

if (window.speechSynthesis) {
  offerVoice();
  document.addEventListener('laid', offerVoice);
  speechSynthesis.onvoiceschanged = offerVoice;
  addEventListener('pagehide', () => speechSynthesis.cancel());
}
