// Texts that scripts show: the page brings them in its language.
export const text = JSON.parse(document.getElementById('i18n').textContent);

/** Put values into a sentence: "{n} selected". */
export function fillText(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all));
}
