// Fields for days and moments: one picker (a plugin of jQuery) that speaks the page's language and has presets
// (OFF-6); phones use their own.
import {onContent, onLeave} from '../shared/content.js';
import {isPhone, isTouch, make} from './dom.js';
import {coming, MORNING, thisMonth, thisWeek, TIMES, today} from './days.js';
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

const FIELDS = 'input[data-date], input[data-moment]';
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d))?/;

/** A moment as the field shows it: the browser's own field wants a "T" in it. */
export function inField(input, moment) {
  return input.type === 'text' ? moment.replace('T', ' ') : moment;
}

function isMoment(input) {
  return 'moment' in input.dataset;
}

function put(input, value) {
  input.value = value;
  input.dispatchEvent(new Event('input', {bubbles: true}));
}

function timeOf(input) {
  const found = MOMENT.exec(input.value);
  return (found && found[4]) || MORNING;
}

/** How the picker writes and reads a moment: choosing a day keeps the time. */
function formatOf(input) {
  if (!isMoment(input)) return FORMAT;
  return {
    toDisplay: (day) => `${day.toISOString().slice(0, 10)} ${timeOf(input)}`,
    toValue: (typed) => {
      const found = MOMENT.exec(typed);
      return found ? new Date(Date.UTC(found[1], found[2] - 1, found[3])) : null;
    },
  };
}

function presetsOf(input) {
  const range = input.closest('.range');
  if (range) {
    const ends = Array.from(range.querySelectorAll('input'));
    const fill = (days) => ends.forEach((end, number) => put(end, days[number]));
    return [
      [text.today, () => fill([today(), today()])],
      [text.this_week, () => fill(thisWeek())],
      [text.this_month, () => fill(thisMonth())],
    ];
  }
  if (!isMoment(input)) return [];
  return text.days_ahead.map(([days, label]) => [label, () => put(input, `${coming(days)} ${timeOf(input)}`)]);
}

function timeChooser(input) {
  const chooser = make('select', 'form-control');
  chooser.setAttribute('aria-label', text.time);
  chooser.addEventListener('change', () => {
    const day = MOMENT.test(input.value) ? input.value.slice(0, 10) : today();
    put(input, `${day} ${chooser.value}`);
    $(input).datepicker('update');
  });
  $(input).on('show', () => {
    const times = Array.from(new Set([...TIMES, timeOf(input)])).sort();
    chooser.replaceChildren(...times.map((time) => new Option(time, time)));
    chooser.value = timeOf(input);
  });
  return chooser;
}

/** Below the calendar: the days that people choose most, and the time of a moment. */
function addPresets(input) {
  const row = make('footer', 'dp-presets'); // the plugin hides each "div" but the calendar
  presetsOf(input).forEach(([label, act]) => {
    const button = make('button', 'chip', label);
    button.type = 'button';
    button.addEventListener('click', () => {
      act();
      $(input).datepicker('update').datepicker('hide');
    });
    row.appendChild(button);
  });
  if (isMoment(input)) row.appendChild(timeChooser(input));
  if (row.children.length) $(input).data('datepicker').picker.append(row);
}

function becomeText(input) {
  input.type = 'text';
  input.defaultValue = input.defaultValue.replace('T', ' ');
  input.value = input.value.replace('T', ' ');
}

function start(input) {
  if ($(input).data('datepicker')) return;
  if (isMoment(input)) {
    if (isTouch() && isPhone()) return;
    becomeText(input);
  } else if (isTouch() && isPhone() && (!input.value || /^\d{4}-\d\d-\d\d$/.test(input.value))) {
    input.type = 'date';
    return;
  }
  $(input)
    .datepicker({
      language: LANGUAGE,
      format: formatOf(input),
      autoclose: !isMoment(input),
      todayHighlight: true,
      todayBtn: input.closest('.range') ? false : 'linked',
      clearBtn: true,
      orientation: 'auto',
      forceParse: false,
    })
    .on('show', () => $(input).datepicker('update'))
    .on('changeDate clearDate', () => input.dispatchEvent(new Event('input', {bubbles: true})));
  addPresets(input);
}

onContent((root) => root.querySelectorAll(FIELDS).forEach(start));
// An open calendar lies on the page, beside what is taken away.
onLeave((root) => {
  $(root)
    .find(FIELDS)
    .filter((at, input) => $(input).data('datepicker'))
    .datepicker('destroy');
});
