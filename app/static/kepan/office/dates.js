// Date fields: the picker (a plugin of jQuery) speaks the page's language; phones use their own.
import {onContent, onLeave} from '../shared/content.js';
import {isPhone, isTouch} from './dom.js';
import {text} from './text.js';

const $ = window.jQuery;
const LANGUAGE = document.documentElement.lang;
const FORMAT = 'yyyy-mm-dd';

function dayNames(form) {
  const format = new Intl.DateTimeFormat(LANGUAGE, {weekday: form});
  return Array.from({length: 7}, (_, day) => format.format(new Date(2023, 0, 1 + day))); // a Sunday first
}

function monthNames(form) {
  const format = new Intl.DateTimeFormat(LANGUAGE, {month: form});
  return Array.from({length: 12}, (_, month) => format.format(new Date(2023, month, 1)));
}

$.fn.datepicker.dates[LANGUAGE] = {
  days: dayNames('long'),
  daysShort: dayNames('short'),
  daysMin: dayNames('narrow'),
  months: monthNames(/^zh/.test(LANGUAGE) ? 'short' : 'long'),
  monthsShort: monthNames('short'),
  today: text.today,
  clear: text.clear,
  titleFormat: text.month_title,
  format: FORMAT,
  weekStart: 1,
};

function start(input) {
  if ($(input).data('datepicker')) return;
  if (isTouch() && isPhone() && (!input.value || /^\d{4}-\d\d-\d\d$/.test(input.value))) {
    input.type = 'date';
    return;
  }
  $(input)
    .datepicker({
      language: LANGUAGE,
      format: FORMAT,
      autoclose: true,
      todayHighlight: true,
      todayBtn: 'linked',
      clearBtn: true,
      orientation: 'auto',
      forceParse: false,
    })
    .on('changeDate clearDate', () => input.dispatchEvent(new Event('input', {bubbles: true})));
}

onContent((root) => root.querySelectorAll('input[data-date]').forEach(start));
// An open calendar lies on the page, beside what is taken away.
onLeave((root) => {
  $(root)
    .find('input[data-date]')
    .filter((at, input) => $(input).data('datepicker'))
    .datepicker('destroy');
});
